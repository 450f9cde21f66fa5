/** Puts the patches of a plan on top of what a lock names, repo by repo, and tells what became of each. */
import pLimit from 'p-limit';
import { sha256 } from '../../kernel/digest.ts';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { Secret } from '../../kernel/secret.ts';
import type { LockedSecurityPatch, Lockfile } from '../lock/lockfile.ts';
import type { AppliedPatch, GitObjects, PatchDetails, PatchMails, PatchStatus } from '../ports.ts';
import { assignPatches, type AssignedPatches } from './assign-patches.ts';
import type { TreePatch } from './patch-tree.ts';
import type { PatchPlan } from './plan-patches.ts';
import { readPatch } from './read-patch-tree.ts';

export interface SecurityPorts {
  readonly objects: GitObjects;
  readonly mails: PatchMails;
}

/** What anyone may know of a patch; the rest is for its owners. */
export interface TriedPatch {
  /** As the set lists it; undefined where no public set names what it is for. */
  readonly component?: string;
  /** Repo inside the component: `lib/ve`; `?` where it has none that the patch is for. */
  readonly submodule?: string;
  /** Its place among those of its repo, from 1. */
  readonly number: number;
  readonly status: PatchStatus;
  readonly because?: string;
  readonly moved?: true;
  readonly details: Secret<PatchDetails & { readonly path: string; readonly id: string }>;
}

/** One repo with its patches on top. */
export interface TriedRepo {
  readonly component: string;
  readonly submodule?: string;
  readonly tree: string;
  readonly patches: readonly LockedSecurityPatch[];
}

export interface TriedPatches {
  readonly patches: readonly TriedPatch[];
  /** Only those whose patches are all there. */
  readonly repos: Secret<readonly TriedRepo[]>;
}

export interface Trial {
  readonly lock: Lockfile;
  readonly plan: PatchPlan;
  /** The patch tree. */
  readonly root: string;
  /** Whether patched objects are kept, in the private store. */
  readonly keep: boolean;
}

/** Repos at once: each takes a git or two. */
const AT_ONCE = 3;

/** @returns fails as `GitObjects.fetch`, `PatchMails.apply` and `readPatch` do */
export async function tryPatches(
  { lock, plan, root, keep }: Trial,
  ports: SecurityPorts,
  context: RunContext<never>,
): Promise<Outcome<TriedPatches>> {
  const { assigned, outside, nowhere } = assignPatches(plan.patches, lock);
  const limit = pLimit(AT_ONCE);
  const one = (repo: AssignedPatches) => limit(() => tryRepo({ repo, root, keep }, ports, context));
  const tried = all(await Promise.all(assigned.map(one)));
  if (!tried.ok) return tried;
  const lost = numbered(nowhere).map(([patch, number]) => ({
    ...untried(patch, { number, status: 'failed', because: 'its component has no such submodule' }),
    ...{ component: patch.component.name, submodule: '?' },
  }));
  const others = numbered(outside).map(([patch, number]) =>
    untried(patch, { number, status: 'skipped', because: 'its component is not in the set' }),
  );
  const stale = numbered(plan.stale).map(([patch, number]) =>
    untried(patch, { number, status: 'skipped', because: 'in next, but no longer in the newest version' }),
  );
  const patches = [...tried.value.flatMap((repo) => repo.patches), ...lost, ...others, ...stale];
  return ok({ patches, repos: new Secret(tried.value.map(({ repo }) => repo)) });
}

/** What may be told of it. */
export function toldOf({
  component,
  submodule,
  number,
  status,
  because,
  moved,
}: TriedPatch): Omit<TriedPatch, 'details'> {
  return {
    ...(component === undefined ? {} : { component }),
    ...(submodule === undefined ? {} : { submodule }),
    ...{ number, status },
    ...(because === undefined ? {} : { because }),
    ...(moved === undefined ? {} : { moved }),
  };
}

interface RepoTrial {
  readonly repo: AssignedPatches;
  readonly root: string;
  readonly keep: boolean;
}

async function tryRepo(
  { repo, root, keep }: RepoTrial,
  ports: SecurityPorts,
  context: RunContext<never>,
): Promise<Outcome<{ readonly repo: TriedRepo; readonly patches: readonly TriedPatch[] }>> {
  context.signal.throwIfAborted();
  const mails = all(await Promise.all(repo.patches.map(({ path }) => readPatch(root, path))));
  if (!mails.ok) return mails;
  const { component, submodule } = repo;
  const base = submodule ?? component;
  const ref = submodule === undefined ? component.ref : submodule.commit;
  const fetched = await ports.objects.fetch({ url: base.url, commit: base.commit, ref }, context);
  if (!fetched.ok) return fetched;
  const id = base.patch?.tree ?? base.tree;
  const applied = await ports.mails.apply({ url: base.url, id, mails: mails.value, keep }, context);
  if (!applied.ok) return applied;
  const names = { component: component.name, ...(submodule === undefined ? {} : { submodule: submodule.inside }) };
  const patches = repo.patches.flatMap((patch, at) => {
    const own = applied.value.patches[at];
    return own === undefined ? [] : [{ ...names, ...triedPatch(patch, own, at + 1) }];
  });
  const locked = mails.value.map((mail, at) => ({
    digest: sha256(mail.reveal()),
    ...(patches[at]?.status === 'already applied' ? { already: true as const } : {}),
  }));
  return ok({ repo: { ...names, tree: applied.value.tree, patches: locked }, patches });
}

function triedPatch({ path, folder, name }: TreePatch, patch: AppliedPatch, number: number): TriedPatch {
  const { status, problem, moved, details } = patch;
  const because = status === 'skipped' ? 'one before it failed' : problem;
  return {
    ...{ number, status },
    ...(because === undefined ? {} : { because }),
    ...(moved === undefined ? {} : { moved }),
    details: new Secret({ ...details.reveal(), path, id: `${folder}/${name}` }),
  };
}

function untried(
  { path, folder, name }: TreePatch,
  said: Pick<TriedPatch, 'number' | 'status' | 'because'>,
): TriedPatch {
  const details = { path, id: `${folder}/${name}`, subject: '', author: '', files: [], said: '' };
  return { ...said, details: new Secret(details) };
}

function numbered<T>(list: readonly T[]): [T, number][] {
  return list.map((one, at) => [one, at + 1]);
}
