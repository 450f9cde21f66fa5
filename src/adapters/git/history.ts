/** The commits between two of a repo, from a history that reaches back just far enough; and files of the past. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '../../kernel/diagnostic.ts';
import { withFileLock, type HeldLock } from '../../kernel/file-lock.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { GitHistory, HistorySide } from '../../resolve/ports.ts';
import { explain, noMirror, notARepo } from './explain.ts';
import type { GitProcesses } from './git-process.ts';
import { fetchHistory, openHistoryRepo, type Depth, type HistoryRepo } from './history-repo.ts';
import { LOG_FORMAT, parseLog } from './parse-log.ts';
import type { Remotes } from './remotes.ts';

interface Tools {
  readonly remotes: Remotes;
  /** Folder of the history repos. */
  readonly root: string;
}

type Wanted = Parameters<GitHistory['between']>[0];
type Between = Awaited<ReturnType<GitHistory['between']>>;

export function gitHistory(tools: Tools): GitHistory {
  return {
    between: (wanted, context) => between(wanted, tools, context),
    fileAt: (wanted) => fileAt(wanted, tools.remotes.git),
  };
}

async function between(wanted: Wanted, tools: Tools, context: RunContext<never>): Promise<Between> {
  const { before, after, url } = wanted;
  if (before.commit === after.commit) return ok({ added: NONE, removed: NONE });
  const { remotes, root } = tools;
  const source = remotes.source(url);
  if (!source.ok) return source;
  const repo = await openHistoryRepo(root, url, remotes.git);
  const known = await readWhole(repo, wanted);
  if (known !== undefined) return ok(known);
  const missing = remotes.mirrors.missing(url);
  if (missing !== undefined) return fail(noMirror(missing));
  const found = await withFileLock(repo.lock, context, (held) =>
    readOrFetch(repo, wanted, { ...tools, source: source.value, held, context }),
  );
  if (typeof found !== 'string') return ok(found);
  return fail(explain(found === '' ? 'fatal: remote error: upload-pack: not our ref' : found, url));
}

const NONE: HistorySide = { commits: [], count: 0 };

/** Another process may have fetched it meanwhile. */
async function readOrFetch(repo: HistoryRepo, wanted: Wanted, tools: Fetching): Promise<Sides | string> {
  const known = await readWhole(repo, wanted);
  if (known !== undefined) return known;
  const found = await deepen(repo, wanted, tools);
  if (typeof found !== 'string' || !isBroken(found)) return found;
  await rm(repo.folder, { recursive: true, force: true }); // it holds nothing that can't be fetched again
  return deepen(await openHistoryRepo(tools.root, wanted.url, tools.remotes.git), wanted, tools);
}

function isBroken(said: string): boolean {
  return /bad shallow|bad object|corrupt|not a git repository: |did not send all necessary|missing (commit|blob|tree)/i.test(
    said,
  );
}

const DAY = 24 * 3600;
/** How far before the older of the two: two trains part a week ago, two releases half a year. */
const WINDOWS = [14 * DAY, 60 * DAY, 400 * DAY] as const;

interface Fetching extends Tools {
  readonly source: string;
  readonly held: HeldLock;
  readonly context: RunContext<never>;
}

/** Further and further back, until no commit that only one of them has is cut off. @returns what git said where it failed */
async function deepen(repo: HistoryRepo, wanted: Wanted, tools: Fetching): Promise<Sides | string> {
  const ends = [wanted.before, wanted.after];
  const fetch = (names: readonly string[], depth: Depth): Promise<string> =>
    fetchHistory(repo, { ...tools, wanted: names, depth });
  const commits = ends.map(({ commit }) => commit);
  const refs = [...new Set(ends.map(({ ref }) => ref))];
  let said = await fetch(commits, 'tips');
  const times = await timesOf(repo, commits);
  // A server may refuse to send a bare commit: then all of its branch is asked for.
  const names = said === '' ? commits : refs;
  const depths =
    times === undefined ? [] : WINDOWS.map((window) => ({ since: Math.max(0, Math.min(...times) - window) }));
  for (const depth of [...depths, 'all'] as const) {
    said = await fetch(names, depth);
    const sides = said === '' ? await readWhole(repo, wanted) : undefined;
    if (sides !== undefined) return sides;
  }
  return said;
}

async function timesOf({ folder, git }: HistoryRepo, commits: readonly string[]): Promise<number[] | undefined> {
  const shown = await git.run({ args: ['-C', folder, 'log', '--no-walk=unsorted', '--format=%ct', ...commits, '--'] });
  return shown.code === 0 ? shown.stdout.trim().split('\n').map(Number) : undefined;
}

interface Sides {
  readonly added: HistorySide;
  readonly removed: HistorySide;
}

/** Undefined where one of them isn't here, or a commit that only one has is where the history is cut off. */
async function readWhole(repo: HistoryRepo, { before, after }: Wanted): Promise<Sides | undefined> {
  const { folder, git } = repo;
  const apart = await git.run({ args: ['-C', folder, 'rev-list', `${before.commit}...${after.commit}`, '--'] });
  if (apart.code !== 0) return undefined;
  const cut = new Set((await readFile(join(folder, 'shallow'), 'utf8').catch(() => '')).split('\n'));
  if (apart.stdout.split('\n').some((id) => id !== '' && cut.has(id))) return undefined;
  const added = await readSide(repo, `${before.commit}..${after.commit}`);
  const removed = await readSide(repo, `${after.commit}..${before.commit}`);
  return added === undefined || removed === undefined ? undefined : { added, removed };
}

/** A changelog that is longer is read by nobody. */
const MOST = 5000;

async function readSide({ folder, git }: HistoryRepo, range: string): Promise<HistorySide | undefined> {
  const options = ['-z', '--no-merges', '--no-show-signature', '--encoding=UTF-8', `--format=${LOG_FORMAT}`];
  const log = await git.run({ args: ['-C', folder, 'log', ...options, `-n${MOST}`, range, '--'] });
  if (log.code !== 0) return undefined;
  const commits = parseLog(log.stdout);
  if (commits.length < MOST) return { commits, count: commits.length };
  const counted = await git.run({ args: ['-C', folder, 'rev-list', '--count', '--no-merges', range, '--'] });
  return { commits, count: Number(counted.stdout) };
}

async function fileAt(
  { folder, revision, path }: Parameters<GitHistory['fileAt']>[0],
  git: GitProcesses,
): Promise<Outcome<string | undefined>> {
  const top = await git.run({ args: ['-C', folder, 'rev-parse', '--git-dir'] });
  if (top.code === 127) return fail(explain(top.stderr, folder));
  if (top.code !== 0) return fail(notARepo(folder));
  const named = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const commit = await git.run({ args: ['-C', folder, ...named] });
  if (commit.code !== 0) {
    const message = `there is no revision ${quote(revision)} in ${folder}`;
    const hint = 'name a branch, a tag or a commit of this workspace: git log --oneline';
    return fail({ code: 'git/no-such-revision', message, hint });
  }
  const file = await git.run({ args: ['-C', folder, 'cat-file', 'blob', `${commit.stdout.trim()}:./${path}`] });
  return ok(file.code === 0 ? file.stdout : undefined);
}
