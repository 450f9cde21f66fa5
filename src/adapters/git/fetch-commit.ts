/** Makes one commit of a remote readable here; touches no network, and starts no git, where it is already. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { checkRef } from '../../resolve/index.ts';
import type { WantedCommit } from '../../resolve/ports.ts';
import { noMirror, notAnId } from './explain.ts';
import { CANNOT_FILTER, fetchInto, type Fetched, type FetchPlan, type FetchTools } from './fetch-into.ts';
import { keptCommit, treeOf } from './kept-commits.ts';
import { IS_OID } from './ls-refs/index.ts';
import type { Remotes } from './remotes.ts';

export async function fetchCommit(wanted: WantedCommit, tools: FetchTools): Promise<Fetched> {
  const checked = check(wanted, tools.remotes);
  if (!checked.ok) return checked;
  const { mirrors } = tools.remotes;
  const mirror = await mirrors.open(wanted.url, wanted.commit);
  const { commit, ref, depth = 1 } = wanted;
  const whole: FetchPlan = { kept: { mirror, commit, as: 'refs/mwpipe' }, source: checked.value, ref, depth };
  const before = await present(whole, tools.remotes);
  if (before !== undefined) return ok({ tree: before });
  const missing = mirrors.missing(wanted.url);
  if (missing !== undefined) return fail(noMirror(missing));
  if (wanted.filter === undefined || borrows(mirror)) return fetchWhole(whole, tools);
  return fetchFiltered(whole, wanted.url, tools);
}

function check({ url, commit, ref }: WantedCommit, remotes: Remotes): Outcome<string> {
  const source = remotes.source(url);
  if (!source.ok) return source;
  const safe = checkRef(ref);
  if (!safe.ok) return safe;
  return IS_OID.test(commit) ? source : fail(notAnId(url, commit));
}

/** Objects that are borrowed from a repo on this disk have no ref here, and may go with that repo: git looks. */
async function present({ kept, depth }: FetchPlan, { git }: Remotes): Promise<string | undefined> {
  if (borrows(kept.mirror)) return treeOf(kept.mirror, kept.commit, git);
  const found = await keptCommit(kept, git);
  return found !== undefined && found.depth >= depth ? found.tree : undefined;
}

function borrows(mirror: string): boolean {
  return existsSync(join(mirror, 'objects', 'info', 'alternates'));
}

/** Whole where the server can't leave anything out: it was asked once, and would be in vain each time. */
async function fetchFiltered(whole: FetchPlan, url: string, tools: FetchTools): Promise<Fetched> {
  const { commit } = whole.kept;
  const mirror = await tools.remotes.mirrors.openTrees(url, commit);
  const plan: FetchPlan = { ...whole, kept: { mirror, commit, as: 'refs/mwpipe-trees' } };
  const before = await present(plan, tools.remotes);
  if (before !== undefined) return ok({ tree: before });
  const cannot = existsSync(join(mirror, CANNOT_FILTER));
  const fetched = cannot ? 'unfiltered' : await fetchInto(plan, tools);
  return fetched === 'unfiltered' ? fetchWhole(whole, tools) : fetched;
}

async function fetchWhole(plan: FetchPlan, tools: FetchTools): Promise<Fetched> {
  const fetched = await fetchInto(plan, tools);
  if (fetched === 'unfiltered') throw new Error('a whole fetch was answered as a filtered one');
  return fetched;
}
