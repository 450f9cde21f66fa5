/** A set of components from an object, read as real ones are: paths to the text of their files. */
import { componentIndex, type TreeIndex } from '../../src/test/read-index.ts';
import type { ComponentIndex } from '../../src/test/component-index.ts';
import type { ReadSymbols } from '../../src/test/php/symbols.ts';
import type { LockedComponent } from '../../src/resolve/index.ts';
import { wikitextWords } from '../../src/test/wikitext-words.ts';
import { sha256 } from '../../src/kernel/digest.ts';

/** Text of each file; objects are written as JSON. */
export type Files = Readonly<Record<string, string | object>>;

export function phpSet(read: ReadSymbols, components: Readonly<Record<string, Files>>): ComponentIndex[] {
  return Object.entries(components).map(([path, files]) => componentIndex(locked(path), treeIndex(read, files)));
}

/** One component with a patch on top: what was there stays known. */
export function patchedComponent(
  read: ReadSymbols,
  component: { readonly path: string; readonly before: Files; readonly after: Files },
): ComponentIndex {
  const { path, before, after } = component;
  return componentIndex(locked(path), treeIndex(read, after), treeIndex(read, before));
}

function treeIndex(read: ReadSymbols, files: Files): TreeIndex {
  const text = (content: string | object): string => (typeof content === 'string' ? content : JSON.stringify(content));
  const registration = files['extension.json'] ?? files['skin.json'];
  return {
    files: Object.entries(files).map(([path, content]) => ({
      path,
      oid: sha256(text(content)),
      ...(path.endsWith('.php') ? { symbols: read(text(content)) } : {}),
      ...(path.startsWith('tests/parser/') ? { words: wikitextWords(text(content)) } : {}),
    })),
    registration: registration === undefined ? undefined : text(registration),
    parsed: 0,
  };
}

function locked(path: string): LockedComponent {
  const name = path.replace(/^.*\//, '');
  const kind = path === '' ? 'core' : path.startsWith('skins/') ? 'skin' : 'extension';
  const id = '0'.repeat(40);
  return {
    name: path === '' ? 'core' : name,
    kind,
    path,
    url: `u/${name}`,
    ref: 'refs/heads/master',
    commit: id,
    tree: id,
  };
}
