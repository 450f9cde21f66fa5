/** Which tags and parser functions wikitext asks for. */

/** `ref` of `<ref name="a">`, `if` of `{{#if:…}}`, `time` of `{{time:…}}`; lower case, as they are matched. */
export function wikitextWords(text: string): string[] {
  const words = new Set<string>();
  for (const [, tag] of text.matchAll(/<([a-z][\w-]*)/gi)) if (tag !== undefined) words.add(tag.toLowerCase());
  for (const [, name] of text.matchAll(/\{\{\s*#?([\w-]+)/g)) if (name !== undefined) words.add(name.toLowerCase());
  return [...words].sort();
}
