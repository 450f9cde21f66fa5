/**
 * Three-way merges without a work tree: `git merge-tree --write-tree` over synthetic commits, inside a mirror. Nothing of
 * the machine's configuration gets in, so that the same trees give the same result elsewhere.
 */
import { ok, fail, type Outcome } from '../../kernel/outcome.ts';
import { MwpipeError } from '../../kernel/error.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { MergeConflict, TreeMerges } from '../../resolve/ports.ts';
import { explain, noMirror } from './explain.ts';
import type { GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';

export function treeMerges(mirrors: Mirrors, git: GitProcesses): TreeMerges {
  return {
    fetch: (wanted, context) => fetchChanges(wanted, { mirrors, git, context }),
    merge: async ({ url, base, ours, theirs }) => {
      if (base === ours) return ok({ tree: theirs });
      if (base === theirs || ours === theirs) return ok({ tree: ours });
      return mergeIn(await mirrors.open(url), { base, ours, theirs }, git);
    },
    version: () => versionOf(git),
  };
}

interface Tools {
  readonly mirrors: Mirrors;
  readonly git: GitProcesses;
  readonly context: RunContext<never>;
}
interface Wanted {
  readonly ref: string;
  readonly commit: string;
}
interface Trees {
  readonly tree: string;
  readonly base?: string;
}

async function fetchChanges(
  { url, commits }: { readonly url: string; readonly commits: readonly Wanted[] },
  tools: Tools,
): Promise<Outcome<readonly Trees[]>> {
  const mirror = await tools.mirrors.open(url);
  const known = await Promise.all(commits.map((one) => treesOf(mirror, one.commit, tools.git)));
  const absent = commits.filter((_one, at) => known[at] === undefined);
  if (absent.length > 0) {
    const gone = tools.mirrors.missing(url);
    if (gone !== undefined) return fail(noMirror(gone));
    // One process for all; where a single ref is gone that fails as a whole, and each is asked for by itself.
    const said = await fetchInto({ mirror, url }, absent, tools);
    if (said !== '' && absent.length > 1) for (const one of absent) await fetchInto({ mirror, url }, [one], tools);
    tools.context.signal.throwIfAborted();
    if (said !== '') return readFetched({ mirror, url, said }, commits, tools.git);
  }
  return readFetched({ mirror, url, said: '' }, commits, tools.git);
}

async function readFetched(
  { mirror, url, said }: { readonly mirror: string; readonly url: string; readonly said: string },
  commits: readonly Wanted[],
  git: GitProcesses,
): Promise<Outcome<readonly Trees[]>> {
  const found: Trees[] = [];
  for (const { commit, ref } of commits) {
    const trees = await treesOf(mirror, commit, git);
    if (trees === undefined) return fail(absentChange({ url, ref, commit, said }));
    found.push(trees);
  }
  return ok(found);
}

function absentChange(what: Wanted & { readonly url: string; readonly said: string }): Diagnostic {
  const { url, ref, commit, said } = what;
  const problem = explain(said === '' ? 'fatal: remote error: upload-pack: not our ref' : said, url);
  if (problem.code !== 'git/no-such-commit') return problem;
  return {
    ...problem,
    message: `${url} has no ${ref} at ${commit.slice(0, 12)}`,
    hint: 'is the change private, or was it deleted? mwpipe resolve --patch takes it anew',
  };
}

/** A minute at less than 1 kB/s is a remote that hangs. */
const GIVE_UP = ['-c', 'http.lowSpeedLimit=1000', '-c', 'http.lowSpeedTime=60'] as const;

/** With their first parents, without more history; each kept by a ref. @returns what git complained about */
async function fetchInto(
  { mirror, url }: { readonly mirror: string; readonly url: string },
  wanted: readonly Wanted[],
  { mirrors, git, context }: Tools,
): Promise<string> {
  const options = ['--no-tags', '--no-write-fetch-head', '--depth=2', '--quiet', '--end-of-options'];
  const refs = wanted.map(({ ref, commit }) => `+${ref}:refs/mwpipe/${commit}`);
  const args = ['-C', mirror, ...GIVE_UP, 'fetch', ...options, mirrors.source(url), ...refs];
  const fetched = await git.run({ args, signal: context.signal });
  return fetched.code === 0 ? '' : fetched.stderr;
}

/** Undefined where the commit or its first parent isn't here: a commit fetched alone knows its parent by name only. */
async function treesOf(mirror: string, commit: string, git: GitProcesses): Promise<Trees | undefined> {
  const raw = await git.run({ args: ['-C', mirror, 'cat-file', 'commit', commit] });
  const tree = /^tree (\S+)/.exec(raw.stdout)?.[1];
  if (raw.code !== 0 || tree === undefined) return undefined;
  const parent = /^tree .*\nparent (\S+)/.exec(raw.stdout)?.[1];
  if (parent === undefined) return { tree };
  const below = await git.run({ args: ['-C', mirror, 'cat-file', 'commit', parent] });
  const base = /^tree (\S+)/.exec(below.stdout)?.[1];
  return below.code === 0 && base !== undefined ? { tree, base } : undefined;
}

/** No configuration of the user's or the machine's: renames, drivers and encodings would be theirs. */
const ALONE = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_ATTR_NOSYSTEM: '1' } as const;
/** The cache may belong to somebody else, as it does in containers; it is mwpipe's own all the same. */
const OWN_CACHE = ['-c', 'safe.directory=*', '-c', 'core.attributesFile=/dev/null'] as const;
const NOBODY = {
  GIT_AUTHOR_NAME: 'mwpipe',
  GIT_AUTHOR_EMAIL: 'mwpipe@localhost',
  GIT_AUTHOR_DATE: '1000000000 +0000',
  GIT_COMMITTER_NAME: 'mwpipe',
  GIT_COMMITTER_EMAIL: 'mwpipe@localhost',
  GIT_COMMITTER_DATE: '1000000000 +0000',
} as const;

interface MergeTrees {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

async function mergeIn(
  mirror: string,
  { base, ours, theirs }: MergeTrees,
  git: GitProcesses,
): Promise<Outcome<{ readonly tree: string } | { readonly conflicts: readonly MergeConflict[] }>> {
  const env = { ...ALONE, ...NOBODY };
  const run = (args: readonly string[]) => git.run({ args: ['-C', mirror, ...OWN_CACHE, ...args], env });
  const commit = async (tree: string, ...parents: readonly string[]): Promise<string> => {
    const made = await run(['commit-tree', '-m', 'mwpipe', ...parents.flatMap((id) => ['-p', id]), tree]);
    if (made.code !== 0) throw unmergeable(mirror, made.stderr);
    return made.stdout.trim();
  };
  // Before git 2.40 it takes no --merge-base: the base is the parent that both sides share.
  const root = await commit(base);
  const sides = [await commit(ours, root), await commit(theirs, root)];
  const merged = await run(['merge-tree', '--write-tree', '-z', '--messages', ...sides]);
  if (merged.code === 129) return fail(tooOld(await versionOf(git)));
  if (merged.code > 1) throw unmergeable(mirror, merged.stderr);
  const [tree = ''] = merged.stdout.split('\0', 1);
  return ok(merged.code === 0 ? { tree } : { conflicts: parseConflicts(merged.stdout) });
}

/**
 * `<tree>\0`, then `<mode> <oid> <stage>\t<path>\0` of each conflicted file, an empty field, then the messages, each
 * `<number of paths>\0<path>\0...<kind>\0<message>\0`.
 */
export function parseConflicts(output: string): MergeConflict[] {
  const fields = output.split('\0');
  const files = new Set<string>();
  let at = 1;
  for (; fields[at] !== undefined && fields[at] !== ''; at += 1) files.add((fields[at] ?? '').replace(/^[^\t]*\t/, ''));
  const conflicts: MergeConflict[] = [];
  for (at += 1; /^\d+$/.test(fields[at] ?? '');) {
    const count = Number(fields[at]);
    const [path = '', kind = '', message = ''] = [fields[at + 1], fields[at + 1 + count], fields[at + 2 + count]];
    at += 3 + count;
    const found = /^CONFLICT \((.+)\)$/.exec(kind)?.[1];
    if (found === undefined) continue; // "Auto-merging"
    conflicts.push({ path, kind: found, message: message.trim() });
    files.delete(path);
  }
  return [...conflicts, ...[...files].map((path) => ({ path, kind: 'conflict', message: '' }))];
}

async function versionOf(git: GitProcesses): Promise<string> {
  const said = await git.run({ args: ['version'] });
  return /(\d+\.\d+(?:\.\d+)*)/.exec(said.stdout)?.[1] ?? 'unknown';
}

function tooOld(version: string): Diagnostic {
  return {
    code: 'git/too-old',
    message: `git ${version} can't merge without a work tree`,
    hint: 'install git 2.38 or newer: Debian 12 and later have it',
    exit: 'outside',
  };
}

function unmergeable(mirror: string, said: string): MwpipeError {
  return new MwpipeError({
    code: 'git/unreadable',
    message: `git can't merge in ${mirror}: ${said.trim()}`,
    hint: 'the mirror may be damaged: remove the git folder of the cache, it is fetched anew',
    source: 'outside',
  });
}
