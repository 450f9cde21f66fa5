/** Where things stand in a PHP file: lines that are only comments, and the first place that doesn't parse. */
import type { Node } from 'web-tree-sitter';
import type { FileSymbols } from './symbols.ts';

export interface Comment {
  readonly row: number;
  readonly endRow: number;
  readonly column: number;
}

/** Lines from the first to the last of each comment, where nothing else stands on them. */
export function commentRanges(comments: readonly Comment[], source: string): FileSymbols['comments'] {
  const lines = source.split('\n');
  return comments.flatMap(({ row, endRow, column }) => {
    const first = (lines[row] ?? '').slice(0, column).trim() === '' ? row : row + 1;
    const last = /\*\/\s*\S/.test(lines[endRow] ?? '') ? endRow - 1 : endRow;
    return first <= last ? [[first + 1, last + 1] as const] : [];
  });
}

export function firstError(root: Node): NonNullable<FileSymbols['error']> {
  let node = root;
  for (;;) {
    const next = node.children.find((child) => child.hasError || child.isMissing);
    if (next === undefined || node.isError) break;
    node = next;
  }
  const found = node.isMissing ? `"${node.type}" is missing` : (node.text.split('\n')[0] ?? '').slice(0, 60);
  return { line: node.startPosition.row + 1, column: node.startPosition.column + 1, found };
}
