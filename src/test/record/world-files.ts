/** The files below MediaWiki's folder as the lock has them, one component changed or none: their ids, and their text. */
import { digestOf, type Digest } from '../../kernel/digest.ts';
import type { GitObjects, LockedComponent, TreeEntry } from '../../resolve/index.ts';
import { kindOf, type FileKind } from '../changes.ts';
import { imageTree } from '../image-tree.ts';

export interface WorldFiles {
  /** Git's id of the content, a submodule's commit for what is inside one; undefined for what is made at run time. */
  oid(path: string): string | undefined;
  /** Of each component, what isn't code and yet decides what runs: a digest each. */
  readonly data: ReadonlyMap<string, ComponentData>;
  /** Texts by path; what isn't there is left out. */
  texts(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface ComponentData {
  /** Registration, database, and files of no known kind: any test with a wiki may run otherwise. */
  readonly everywhere: Digest;
  /** Templates and data of tests: a test that runs the component's code may. */
  readonly inside: Digest;
  /** Messages, what browsers get, and names of PHP files: only a result that is taken over has to know them. */
  readonly shown: Digest;
}

type Tree = Pick<LockedComponent, 'path' | 'url' | 'tree' | 'patch'>;

export async function worldFiles(components: readonly Tree[], objects: GitObjects): Promise<WorldFiles> {
  const trees = await Promise.all(
    components.map(async (component) => {
      const entries = await objects.entries({ url: component.url, id: imageTree(component) });
      return { ...component, entries, files: new Map(entries.map(({ path, oid }) => [path, oid])) };
    }),
  );
  // The deepest first: core is around all the others.
  trees.sort((a, b) => b.path.length - a.path.length);
  const find = (path: string) => {
    const tree = trees.find((one) => one.path === '' || path.startsWith(`${one.path}/`));
    if (tree === undefined) return undefined;
    const inside = tree.path === '' ? path : path.slice(tree.path.length + 1);
    const oid = tree.files.get(inside);
    return oid === undefined ? undefined : { url: tree.url, oid };
  };
  const around = (path: string): string | undefined => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const found = find(path.slice(0, end));
      if (found !== undefined) return found.oid;
    }
    return undefined;
  };
  return {
    oid: (path) => find(path)?.oid ?? around(path),
    data: new Map(trees.map(({ path, entries }) => [path, dataOf(entries)])),
    texts: (paths) => readTexts(paths, find, objects),
  };
}

function dataOf(entries: readonly TreeEntry[]): ComponentData {
  const of = (kinds: readonly FileKind[]): Digest =>
    digestOf(entries.filter(({ path }) => kinds.includes(kindOf(path))).map(({ path, oid }) => [path, oid]));
  const names = entries.map(({ path }) => path).filter((path) => ['php', 'test-php'].includes(kindOf(path)));
  return {
    everywhere: of(['registration', 'database', 'unknown']),
    inside: of(['template', 'test-data']),
    shown: digestOf([of(['messages', 'front-end']), names]),
  };
}

async function readTexts(
  paths: readonly string[],
  find: (path: string) => { readonly url: string; readonly oid: string } | undefined,
  objects: GitObjects,
): Promise<ReadonlyMap<string, string>> {
  const byUrl = new Map<string, { path: string; oid: string }[]>();
  for (const path of paths) {
    const found = find(path);
    if (found !== undefined) byUrl.set(found.url, [...(byUrl.get(found.url) ?? []), { path, oid: found.oid }]);
  }
  const texts = new Map<string, string>();
  for (const [url, wanted] of byUrl) {
    const paths = new Map<string, string[]>();
    for (const { path, oid } of wanted) paths.set(oid, [...(paths.get(oid) ?? []), path]);
    for await (const { oid, data } of objects.blobs(url, [...paths.keys()])) {
      for (const path of paths.get(oid) ?? []) texts.set(path, data.toString('utf8'));
    }
  }
  return texts;
}
