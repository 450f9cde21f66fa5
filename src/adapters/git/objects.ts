/** Commits, trees and blobs of components, read from their mirrors; fetched only where they are missing. */
import { MwpipeError } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { GitObjects, TreeEntry } from '../../resolve/ports.ts';
import { readObjects } from './cat-file.ts';
import { explain, noMirror } from './explain.ts';
import type { GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';

interface Wanted {
  readonly url: string;
  readonly commit: string;
  readonly ref: string;
}

export function gitObjects(mirrors: Mirrors, git: GitProcesses): GitObjects {
  return {
    fetch: (wanted, context) => fetchCommit(wanted, { mirrors, git, context }),
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

interface Tools {
  readonly mirrors: Mirrors;
  readonly git: GitProcesses;
  readonly context: RunContext<never>;
}

async function fetchCommit(wanted: Wanted, tools: Tools): Promise<Outcome<{ readonly tree: string }>> {
  const mirror = await tools.mirrors.open(wanted.url);
  const before = await treeOf(mirror, wanted.commit, tools.git);
  if (before !== undefined) return ok({ tree: before });
  const missing = tools.mirrors.missing(wanted.url);
  if (missing !== undefined) return fail(noMirror(missing));
  let said = '';
  // A server may refuse to send a bare commit: then its branch is asked for.
  for (const from of new Set([wanted.commit, wanted.ref])) {
    said = await fetchInto(mirror, { source: tools.mirrors.source(wanted.url), from, commit: wanted.commit }, tools);
    tools.context.signal.throwIfAborted();
    const tree = await treeOf(mirror, wanted.commit, tools.git);
    if (tree !== undefined) return ok({ tree });
  }
  return fail(explain(said === '' ? 'fatal: remote error: upload-pack: not our ref' : said, wanted.url));
}

/** A minute at less than 1 kB/s is a remote that hangs. */
const GIVE_UP = ['-c', 'http.lowSpeedLimit=1000', '-c', 'http.lowSpeedTime=60'] as const;

/** One commit, without its history; kept by a ref. @returns what git complained about */
async function fetchInto(
  mirror: string,
  what: { readonly source: string; readonly from: string; readonly commit: string },
  { git, context }: Tools,
): Promise<string> {
  const keep = `+${what.from}:refs/mwpipe/${what.commit}`;
  const options = ['--no-tags', '--no-write-fetch-head', '--depth=1', '--quiet'];
  const args = ['-C', mirror, ...GIVE_UP, 'fetch', ...options, what.source, keep];
  const fetched = await git.run({ args, signal: context.signal });
  return fetched.code === 0 ? '' : fetched.stderr;
}

export async function treeOf(mirror: string, commit: string, git: GitProcesses): Promise<string | undefined> {
  const found = await git.run({ args: ['-C', mirror, 'rev-parse', '--verify', '--quiet', `${commit}^{tree}`] });
  return found.code === 0 ? found.stdout.trim() : undefined;
}

function unreadable(url: string, id: string, said: string): MwpipeError {
  return new MwpipeError({
    code: 'git/unreadable',
    message: `object ${id} of ${url} can't be read: ${said.trim()}`,
    hint: 'was it fetched? mwpipe resolve fetches what the lock names',
    source: 'outside',
  });
}
