/** Text that strangers wrote, as it may stand in a terminal: commit subjects, names of branches. */

/** Escape sequences, control characters and what turns the direction of writing; all of them invisible. */
const INVISIBLE = new RegExp(
  [
    String.raw`(?:\u001B\]|\u009D)[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?`,
    String.raw`(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?`,
    String.raw`\u001B[ -/]*[0-~]?`,
    String.raw`[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]`,
  ].join('|'),
  'gu',
);

/** On one line, without what a terminal would obey, and cut where it is long. */
export function plainText(text: string, longest = 100): string {
  const line = text
    .replaceAll(/[\t\n\r]+/g, ' ')
    .replaceAll(INVISIBLE, '')
    .trim();
  // A pair of surrogates that the cut would part is left out whole.
  return line.length > longest ? `${line.slice(0, longest - 3).replace(/[\uD800-\uDBFF]$/, '')}...` : line;
}
