/** Makes one commit of a remote readable here, without its history; touches no network where it is already. */
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { explain, noMirror } from './explain.ts';
import type { GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';

interface Wanted {
  readonly url: string;
  readonly commit: string;
  readonly ref: string;
}

interface Tools {
  readonly mirrors: Mirrors;
  readonly git: GitProcesses;
  readonly context: RunContext<never>;
}

export async function fetchCommit(wanted: Wanted, tools: Tools): Promise<Outcome<{ readonly tree: string }>> {
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
