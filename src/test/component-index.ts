/** What is known of one component of the set before anything runs: its PHP by unit, its parser tests, its registration. */
import type { ComponentKind } from '../resolve/index.ts';
import type { FileSymbols } from './php/symbols.ts';
import type { Registration } from './registration.ts';

export interface IndexedFile {
  /** Below the component's folder. */
  readonly path: string;
  readonly symbols: FileSymbols;
  /** As it was before the patch, where the patch changed or removed it: what used it may break. */
  readonly before?: true;
}

/** Wikitext with the HTML that is expected of it. */
interface ParserTestFile {
  readonly path: string;
  /** Tags and parser functions that it uses, lower case: `ref`, `if`. */
  readonly words: readonly string[];
}

export interface ComponentIndex {
  /** As the lock lists it. */
  readonly name: string;
  /** As extension.json registers it: the name by which others require it. */
  readonly registered: string;
  readonly kind: ComponentKind;
  /** Below MediaWiki's folder: `extensions/Cite`. */
  readonly path: string;
  readonly php: readonly IndexedFile[];
  readonly parserTests: readonly ParserTestFile[];
  /** As patched; before the patch too, where extension.json changed. */
  readonly registrations: readonly Registration[];
}

/** A file with tests that PHPUnit can run, by MediaWiki's convention. */
export function isTestFile(path: string): boolean {
  return /(^|\/)tests\/phpunit\/.*Test\.php$/.test(path);
}

/** Code that only tests load. */
export function isTestCode(path: string): boolean {
  return /(^|\/)tests\//.test(path);
}

/** `unit` tests run without a wiki; core's test cases enforce it. */
export function needsWiki(path: string): boolean {
  return !/(^|\/)tests\/phpunit\/unit\//.test(path);
}
