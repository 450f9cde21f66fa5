/** Loads PHP's grammar, once a run: a few tens of milliseconds that only commands which read PHP pay. */
import { Language, Parser } from 'web-tree-sitter';
import { readSymbols } from './read-symbols.ts';
import type { ReadSymbols } from './symbols.ts';

/** @param grammar path of tree-sitter-php.wasm */
export async function loadPhpReader(grammar: string): Promise<ReadSymbols & Disposable> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  const read = (source: string) => readSymbols(parser, source);
  return Object.assign(read, { [Symbol.dispose]: () => parser.delete() });
}
