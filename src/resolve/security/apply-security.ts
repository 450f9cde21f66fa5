/** Security patches on top of a lock: all of them, or none and why. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { Secret } from '../../kernel/secret.ts';
import type { ResolveEvent } from '../events.ts';
import type { ComponentPatch, LockedComponent, LockedSubmodule, Lockfile } from '../lock/lockfile.ts';
import { keepPrivate } from './keep-private.ts';
import { planPatches, type PatchPlan, type PlanRequest } from './plan-patches.ts';
import { readPatchTree, type PatchTree } from './read-patch-tree.ts';
import { toldOf, tryPatches, type SecurityPorts, type TriedPatch, type TriedRepo } from './try-patches.ts';

export interface SecurityPatches extends Omit<PlanRequest, 'mediawiki'> {
  /** Folder of the private patch tree. */
  readonly folder: string;
}

export interface Secured {
  /** The private lock. */
  readonly lock: Secret<Lockfile>;
  readonly set: string;
  /** Folder of the patch tree that was taken, and why that one. */
  readonly version: string;
  readonly because: string;
  readonly patches: readonly TriedPatch[];
}

/**
 * Where one fails there is no lock, and every one that failed is told.
 * @returns fails with `security/*`, and as fetching does; `security/patch-failed` (failed) where one doesn't apply
 */
export async function applySecurity(
  { lock, patches }: { readonly lock: Lockfile; readonly patches: SecurityPatches },
  ports: SecurityPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Secured>> {
  return keepPrivate(context.signal, async () => {
    const tree = await openTree(patches.folder, context);
    if (!tree.ok) return tree;
    const plan = planPatches(tree.value.entries, { ...patches, mediawiki: lock.mediawiki });
    if (!plan.ok) return plan;
    const { version, because } = plan.value;
    const trial = { lock, plan: plan.value, root: patches.folder, keep: true };
    const tried = await tryPatches(trial, ports, context);
    if (!tried.ok) return tried;
    for (const patch of tried.value.patches) context.emit(triedEvent(lock.set, patch));
    const secured = { version, because, set: lock.set, patches: tried.value.patches };
    const failures = tried.value.patches.flatMap((patch) => (patch.status === 'failed' ? [failed(patch)] : []));
    return settle({ ...secured, lock: secure(lock, plan.value, tried.value.repos) }, failures);
  });
}

/** The tree, and what is odd about its folder. */
export async function openTree(folder: string, context: RunContext<ResolveEvent>): Promise<Outcome<PatchTree>> {
  const tree = await readPatchTree(folder);
  if (!tree.ok) return tree;
  const { open, ignored } = tree.value;
  if (open) context.emit({ code: 'resolve/security-tree-open', folder });
  if (ignored > 0) context.emit({ code: 'resolve/security-folders-ignored', folder, count: ignored });
  return ok(tree.value);
}

export function triedEvent(set: string, patch: TriedPatch): ResolveEvent {
  return { code: 'resolve/security-patch-tried', set, ...toldOf(patch) };
}

function failed({ component, submodule, number, because, details }: TriedPatch): Diagnostic {
  const { path, subject, files, said } = details.reveal();
  const where = [component ?? 'a component of no set', ...(submodule === undefined ? [] : [submodule])].join(' ');
  return {
    code: 'security/patch-failed',
    message: `security patch ${number} of ${where} failed (${because ?? 'conflict'})`,
    hint: 'none was put on top; mwpipe security check --reveal shows which it is',
    exit: 'failed',
    secret: new Secret([path, subject, ...files, said].filter((text) => text !== '').join('\n    ')),
  };
}

function secure(lock: Lockfile, plan: PatchPlan, tried: Secret<readonly TriedRepo[]>): Secret<Lockfile> {
  const repos = tried.reveal();
  const components = lock.components.map((component) => {
    const own = repos.filter((repo) => repo.component === component.name);
    return own.length === 0 ? component : secureComponent(component, own);
  });
  return new Secret({ ...lock, visibility: 'private', security: plan.version, components });
}

function secureComponent(component: LockedComponent, repos: readonly TriedRepo[]): LockedComponent {
  const top = repos.find(({ submodule }) => submodule === undefined);
  const inner = repos.filter(({ submodule }) => submodule !== undefined);
  const { submodules } = component;
  return {
    ...component,
    ...(submodules === undefined ? {} : { submodules: submodules.map((one) => secureSubmodule(one, '', inner)) }),
    ...(top === undefined ? {} : { patch: secured(component.patch, top) }),
  };
}

function secureSubmodule(one: LockedSubmodule, above: string, repos: readonly TriedRepo[]): LockedSubmodule {
  const inside = `${above}${one.path}`;
  const own = repos.find(({ submodule }) => submodule === inside);
  return {
    ...one,
    ...(one.submodules === undefined
      ? {}
      : { submodules: one.submodules.map((deeper) => secureSubmodule(deeper, `${inside}/`, repos)) }),
    ...(own === undefined ? {} : { patch: secured(one.patch, own) }),
  };
}

function secured(before: ComponentPatch | undefined, { tree, patches }: TriedRepo): ComponentPatch {
  const count = `${patches.length} security ${patches.length === 1 ? 'patch' : 'patches'}`;
  const because = before === undefined ? count : `${before.because}, ${count}`;
  return { ...before, tree, because, security: patches };
}
