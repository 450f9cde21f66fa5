/** Diagnostics of overlays that were read at a commit: `COMMIT:path`, as git names it, not a folder of the cache. */
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { OverlaysAt } from '../git-ports.ts';

export function nameCommit<T>(outcome: Outcome<T>, commit: OverlaysAt): Outcome<T> {
  if (outcome.ok) return outcome;
  const [first, ...others] = outcome.diagnostics.map((diagnostic) => {
    const { at } = diagnostic;
    return at === undefined ? diagnostic : { ...diagnostic, at: placeInCommit(at, commit) };
  });
  return first === undefined ? outcome : { ok: false, diagnostics: [first, ...others] };
}

export function placeInCommit(at: SourceRange, { commit, root }: OverlaysAt): SourceRange {
  if (!at.file.startsWith(`${root}/`)) return at;
  return { ...at, file: `${commit.slice(0, 12)}:${at.file.slice(root.length + 1)}` };
}
