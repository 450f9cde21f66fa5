/** A list of components as another tool keeps it, read into our own words: what imports write and diffs compare. */
import { quote, type Diagnostic, type SourceRange } from '../../../kernel/diagnostic.ts';
import type { ComponentKind } from '../../lock/lockfile.ts';
import { parseComponentName, parseRepoPath } from '../component-name.ts';

export interface ListEntry {
  /** As a set names it: `Cite`, `skins/Vector`, `VisualEditor/VisualEditor`. */
  readonly name: string;
  readonly kind: ComponentKind;
  readonly path: string;
  /** Where the list says it, and it isn't where every component of its kind is. */
  readonly url?: string;
  readonly branch?: string;
  /** The bundle that a list includes it from. */
  readonly group?: string;
  readonly at: SourceRange;
}

export interface ComponentList {
  readonly format: 'settings' | 'gitmodules' | 'extension-list';
  /** Before `mediawiki/extensions/...`, where it isn't Wikimedia's Gerrit. */
  readonly base?: string;
  /** Each once. */
  readonly entries: readonly ListEntry[];
}

/** A mistake for a name that no component can have, or a folder that none can be mounted at. */
export function entryOf(written: string, at: SourceRange): ListEntry | Diagnostic {
  const named = parseComponentName(written) ?? parseRepoPath(written);
  if (named !== undefined) return { name: named.name, kind: named.kind, path: named.path, at };
  const message = `${quote(written)} is no name of a component`;
  return { code: 'resolve/wrong-component', message, hint: 'expected for example mediawiki/extensions/Cite', at };
}

export function isEntry(read: ListEntry | Diagnostic): read is ListEntry {
  return !('code' in read);
}

/** The first of each name. */
export function eachOnce(entries: readonly ListEntry[]): ListEntry[] {
  const seen = new Map<string, ListEntry>();
  for (const entry of entries) if (!seen.has(entry.name)) seen.set(entry.name, entry);
  return [...seen.values()];
}
