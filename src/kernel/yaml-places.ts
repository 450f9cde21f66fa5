/** Where each key and value of a parsed YAML file was typed. */
import { isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import type { SourceRange } from './diagnostic.ts';
import type { YamlPath } from './yaml-keys.ts';

export interface Places {
  /** Between two offsets of the text. */
  readonly range: (start: number, end: number) => SourceRange;
  readonly nodeAt: (node: Node) => SourceRange;
  /** Where the value at `path` stands; its nearest known ancestor where the path isn't in the file. */
  readonly valueAt: (path: YamlPath) => SourceRange;
  /** Where the key that ends `path` stands. */
  readonly keyAt: (path: YamlPath) => SourceRange;
}

export function placesOf(source: { file: string; document: Document.Parsed; lines: LineCounter }): Places {
  const { file, document, lines } = source;
  const range = (start: number, end: number): SourceRange => {
    const from = lines.linePos(start);
    const to = lines.linePos(Math.max(start, end));
    const length = to.line === from.line ? Math.max(1, to.col - from.col) : 1;
    return { file, line: Math.max(1, from.line), column: Math.max(1, from.col), length };
  };
  const nodeAt = (node: Node | null | undefined): SourceRange => range(node?.range?.[0] ?? 0, node?.range?.[1] ?? 0);
  const valueAt = (path: YamlPath): SourceRange => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return hasRange(node) || path.length === 0 ? nodeAt(node as Node | null) : valueAt(path.slice(0, -1));
  };
  const keyAt = (path: YamlPath): SourceRange => {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const key = isMap(parent) ? parent.items.find(({ key }) => isKey(key, path.at(-1)))?.key : undefined;
    if (hasRange(key)) return nodeAt(key as Node);
    return isSeq(parent) ? valueAt(path) : valueAt(path.slice(0, -1));
  };
  return { range, nodeAt, valueAt, keyAt };
}

function isKey(key: unknown, name: string | number | undefined): boolean {
  return isScalar(key) && String(key.value) === String(name);
}

function hasRange(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
