/**
 * One fetch into one mirror. Processes take turns; what is fetched counts only when git has checked it and written its
 * ref, so a cut connection or a kill leaves nothing that could be taken for a commit.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock, type HeldLock } from '../../kernel/file-lock.ts';
import { fail, ok, type Failed, type Outcome } from '../../kernel/outcome.ts';
import { explain, explainFault, refMoved } from './explain.ts';
import type { GitResult } from './git-process.ts';
import { isKept, keptCommit, noteCommit, treeOf, type Kept } from './kept-commits.ts';
import { removeLeftovers } from './leftovers.ts';
import { RemoteFault, type LsRefs } from './ls-refs/index.ts';
import { runNetwork } from './network-git.ts';
import type { Remotes } from './remotes.ts';
import type { RunContext } from '../../kernel/run-context.ts';

export type Fetched = Outcome<{ readonly tree: string }>;

export interface FetchTools {
  readonly remotes: Remotes;
  readonly ls: LsRefs;
  readonly context: RunContext<never>;
}

export interface FetchPlan {
  readonly kept: Kept;
  readonly source: string;
  /** Asked for where the remote refuses to send a bare commit. */
  readonly ref: string;
  readonly depth: number;
}

/** `unfiltered`: the server can't leave blobs out, and hasn't. */
export function fetchInto(plan: FetchPlan, tools: FetchTools): Promise<Fetched | 'unfiltered'> {
  const { mirror } = plan.kept;
  return withFileLock(tools.remotes.mirrors.lockOf(mirror), tools.context, async (lock) => {
    const earlier = await keptCommit(plan.kept, tools.remotes.git);
    if (earlier !== undefined && earlier.depth >= plan.depth) return ok({ tree: earlier.tree });
    await removeLeftovers(mirror);
    return byCommit(plan, { ...tools, lock });
  });
}

interface Locked extends FetchTools {
  readonly lock: HeldLock;
}

async function byCommit(plan: FetchPlan, tools: Locked): Promise<Fetched | 'unfiltered'> {
  const { commit, as, mirror } = plan.kept;
  const result = await run(plan, `+${commit}:${as}/${commit}`, tools);
  if (result.code === 0) {
    if (!UNFILTERED.test(result.stderr)) return keep(plan, tools);
    await writeFile(join(mirror, CANNOT_FILTER), '');
    return 'unfiltered';
  }
  const refused = REFUSED.test(result.stderr) && plan.ref !== commit;
  return refused ? byRef(plan, tools) : failure(result, plan, tools);
}

const UNFILTERED = /filtering not recognized by server/;
/** Its presence spares the next fetch from a mirror of trees the attempt. */
export const CANNOT_FILTER = 'cannot-filter';
/** Gone, or given out only by the name of a ref that has it. */
const REFUSED = /not our ref|unadvertised object|couldn't find remote ref/;

/** The ref may have moved meanwhile: it is kept under another name until it is known to be the commit. */
async function byRef(plan: FetchPlan, tools: Locked): Promise<Fetched> {
  const { git } = tools.remotes;
  const { commit, as, mirror } = plan.kept;
  const aside = `refs/mwpipe-tip/${commit}`;
  const result = await run(plan, `+${plan.ref}:${aside}`, tools);
  if (result.code !== 0) return failure(result, plan, tools);
  const tip = await git.run({ args: ['-C', mirror, 'rev-parse', '--verify', '--quiet', `${aside}^{commit}`] });
  const now = tip.stdout.trim();
  if (now === commit) await git.run({ args: ['-C', mirror, 'update-ref', `${as}/${commit}`, commit] });
  await git.run({ args: ['-C', mirror, 'update-ref', '-d', aside] });
  return now === commit ? keep(plan, tools) : fail(refMoved(plan.source, plan.ref, { asked: commit, now }));
}

async function keep({ kept, depth, source }: FetchPlan, { remotes }: Locked): Promise<Fetched> {
  const tree = (await isKept(kept)) ? await treeOf(kept.mirror, kept.commit, remotes.git) : undefined;
  if (tree === undefined) return fail(explain('fatal: not our ref', source));
  await noteCommit(kept, { tree, depth });
  return ok({ tree });
}

/** `unpackLimit`: a pack appears whole; loose objects would come one by one. */
const OPTIONS = ['-c', 'fetch.unpackLimit=1', '-c', 'http.lowSpeedLimit=1000'] as const;
const FETCH = ['--progress', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'];

async function run({ kept, depth, source }: FetchPlan, refspec: string, tools: Locked): Promise<GitResult> {
  const { remotes, context, lock } = tools;
  const network = await remotes.network(context);
  const slow = `http.lowSpeedTime=${Math.ceil(network.silenceMs / 1000)}`;
  const from = kept.as === 'refs/mwpipe' ? ['--', source] : ['--filter=blob:none', '--', 'origin'];
  const options = [...OPTIONS, '-c', slow, '-C', kept.mirror];
  return runNetwork(remotes.git, {
    ...network,
    args: [...options, 'fetch', ...FETCH, `--depth=${depth}`, ...from, refspec],
    onStart: (pid) => lock.startedProgram(pid),
  });
}

/** Git doesn't say where a redirect leads, and takes a web page for an empty repo: asked directly, both are plain. */
async function failure(result: GitResult, { source }: FetchPlan, tools: Locked): Promise<Failed> {
  const told = explain(result.stderr, source);
  const unclear = told.code === 'git/redirected' || told.code === 'git/no-such-commit';
  const user = await tools.remotes.user();
  if (!unclear || !URL.canParse(source) || user?.mayAskDirectly(new URL(source)) !== true) return fail(told);
  const answer = await tools.ls.ask({ url: new URL(source), prefixes: ['refs/heads/'] }, tools.context);
  const more = answer instanceof RemoteFault && answer.kind !== 'ask-git';
  return fail(more ? explainFault(answer, source) : told);
}
