/** One more wiki in the text of a `.dblist`: in order where the list is in order, at the end where it isn't. */

/** @returns the new text; the same where the list has it */
export function addToDblist(text: string, name: string): string {
  const lines = text.split('\n');
  const names = lines.map((line) => (line.startsWith('#') ? '' : line.trim()));
  if (names.includes(name)) return text;
  const known = names.filter((line) => line !== '');
  const isSorted = known.every((line, index) => index === 0 || (known[index - 1] ?? '') <= line);
  const before = isSorted ? names.findIndex((line) => line !== '' && line > name) : -1;
  if (before >= 0) return lines.toSpliced(before, 0, name).join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}\n`;
}
