/** Changes to a file's text that refuse a file for which they weren't written. */

/** The new text of a file; one that doesn't exist yet is given as ''. */
export type Edit = (before: string) => string;

/** Replaces the one occurrence of `from`; where there isn't exactly one, the source isn't what this history is for. */
export function replaceOnce(from: string, to: string): Edit {
  return (before) => {
    const parts = before.split(from);
    if (parts.length !== 2) throw new Error(`expected once, found ${parts.length - 1} times: ${from}`);
    return parts.join(to);
  };
}
