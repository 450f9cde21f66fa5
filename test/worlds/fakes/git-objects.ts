/** Git objects in memory: trees from `{ path: content }`, with ids as git makes them for blobs. */
import { createHash } from 'node:crypto';
import { ok } from '../../../src/kernel/outcome.ts';
import type { GitObjects, LockedComponent, Lockfile, TreeEntry } from '../../../src/resolve/index.ts';

type Content = string | { readonly mode: TreeEntry['mode']; readonly content: string };
type Files = Readonly<Record<string, Content>>;

export interface FakeGit extends GitObjects {
  /** @returns the tree's id */
  tree(files: Files): string;
  /** Adds entries as they are, even those that git itself would refuse. */
  rawTree(entries: readonly TreeEntry[]): string;
  component(name: string, files: Files): LockedComponent;
  /** Blobs that were read. */
  readonly read: string[];
}

export function fakeGit(): FakeGit {
  const trees = new Map<string, readonly TreeEntry[]>();
  const blobs = new Map<string, Buffer>();
  const commits = new Map<string, string>();
  const read: string[] = [];
  const sha1 = (data: string | Buffer): string => createHash('sha1').update(data).digest('hex');
  const rawTree = (entries: readonly TreeEntry[]): string => {
    const id = sha1(JSON.stringify(entries));
    trees.set(id, entries);
    return id;
  };
  const tree = (files: Files): string => rawTree(sortedEntries(files).map(([path, content]) => entry(path, content)));
  const entry = (path: string, content: Content): TreeEntry => {
    const { mode, content: text } = typeof content === 'string' ? { mode: '100644' as const, content } : content;
    const data = Buffer.from(text);
    const oid = sha1(Buffer.concat([Buffer.from(`blob ${data.length}\0`), data]));
    blobs.set(oid, data);
    return { mode, path, oid, bytes: data.length };
  };
  return {
    read,
    tree,
    rawTree,
    component: (name, files) => {
      const id = tree(files);
      const kind = name === 'core' || name === 'vendor' ? name : 'extension';
      const path = name === 'core' ? '' : name === 'vendor' ? 'vendor' : `extensions/${name}`;
      const commit = sha1(`commit of ${id}`);
      commits.set(commit, id);
      return { name, kind, path, url: `https://example.test/${name}`, ref: 'refs/heads/master', commit, tree: id };
    },
    fetch: ({ commit }) => Promise.resolve(ok({ tree: commits.get(commit) ?? '' })),
    entries: ({ id }) => Promise.resolve(trees.get(id) ?? []),
    file: ({ id }, path) => Promise.resolve(blobs.get(trees.get(id)?.find((one) => one.path === path)?.oid ?? '')),
    stat: ({ id }, path) => {
      const found = trees.get(id)?.find((one) => one.path === path);
      return Promise.resolve(found === undefined ? undefined : { oid: found.oid, bytes: found.bytes });
    },
    commit: ({ id }) => {
      const found = commits.get(id);
      const said = { parents: [], subject: 'change', message: 'change', authored: 0, committed: 0 };
      return Promise.resolve(found === undefined ? undefined : { tree: found, ...said });
    },
    blobs: async function* (_url, oids) {
      for (const oid of oids) {
        read.push(oid);
        yield await Promise.resolve({ oid, data: blobs.get(oid) ?? Buffer.alloc(0) });
      }
    },
  };
}

export function lockOf(...components: readonly LockedComponent[]): Lockfile {
  return { schema: 'mwpipe.lock/2', set: 'test', mediawiki: '1.43.0', components };
}

function sortedEntries(files: Files): [string, Content][] {
  return Object.entries(files).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
