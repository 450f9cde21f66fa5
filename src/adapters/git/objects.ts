/** Commits, trees and blobs of components, read from their mirrors; fetched only where they are missing. */
import { MwpipeError } from '../../kernel/error.ts';
import type { GitObjects, TreeEntry } from '../../resolve/ports.ts';
import { readObjects } from './cat-file.ts';
import type { GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';

interface ObjectTools {
  readonly mirrors: Mirrors;
  readonly git: GitProcesses;
  readonly fetch: GitObjects['fetch'];
}

export function gitObjects({ mirrors, git, fetch }: ObjectTools): GitObjects {
  return {
    fetch,
    entries: async ({ url, id }) => {
      const listed = await git.run({ args: ['-C', await mirrors.open(url), ...LIST, id] });
      if (listed.code !== 0) throw unreadable(url, id, listed.stderr);
      return parseTree(listed.stdout);
    },
    file: async ({ url, id }, path) => {
      if (path.includes('\n')) return undefined;
      for await (const { data } of readObjects(git, await mirrors.open(url), [`${id}:${path}`])) return data;
      return undefined;
    },
    blobs: async function* (url, oids) {
      for await (const { asked, data } of readObjects(git, await mirrors.open(url), oids)) {
        if (data === undefined) throw unreadable(url, asked, 'missing');
        yield { oid: asked, data };
      }
    },
  };
}

const LIST = ['ls-tree', '-r', '-l', '-z', '--full-tree'] as const;

/** One entry: `100644 blob <oid> <size, right-aligned>\t<path>`; a submodule has `-` for its size. */
function parseTree(listing: string): TreeEntry[] {
  return listing
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', , oid = '', bytes = ''] = line.slice(0, tab).split(/ +/);
      return { mode: knownMode(mode), path: line.slice(tab + 1), oid, bytes: bytes === '-' ? 0 : Number(bytes) };
    });
}

/** Git has written 100664 once, long ago; it is a plain file. */
function knownMode(mode: string): TreeEntry['mode'] {
  return mode === '100755' || mode === '120000' || mode === '160000' ? mode : '100644';
}

function unreadable(url: string, id: string, said: string): MwpipeError {
  return new MwpipeError({
    code: 'git/unreadable',
    message: `object ${id} of ${url} can't be read: ${said.trim()}`,
    hint: 'was it fetched? mwpipe resolve fetches what the lock names',
    source: 'outside',
  });
}
