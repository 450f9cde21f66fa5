/** Work trees on top of a lock, in memory: what a developer builds, tests and deploys before anything is merged. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { RequiringComponent } from '../constraints/check-requires.ts';
import type { ResolveEvent } from '../events.ts';
import type { ComponentPatch, LockedComponent, Lockfile } from '../lock/lockfile.ts';
import { matchComponent } from '../lock/match-component.ts';
import type { GitObjects, WorkTrees } from '../ports.ts';
import { readManifest } from '../manifests/read-manifest.ts';
import { replaceComponents, withManifest } from './check-patched.ts';

export interface PatchSource {
  /** The component; found by the checkout's remote or its extension.json where it isn't named. */
  readonly name?: string;
  /** Any folder inside the checkout. */
  readonly folder: string;
}

export interface PatchPorts {
  readonly objects: GitObjects;
  readonly workTrees: WorkTrees;
}

/**
 * The lock with `patch` on each component that a work tree belongs to; requirements are checked again.
 * @returns fails with `git/not-a-repo`, `git/no-commit`, `resolve/unknown-component`, `resolve/patched-twice`,
 * `json/syntax`, and unmet requirements
 */
export async function resolvePatched(
  request: { readonly lock: Lockfile; readonly patches: readonly PatchSource[] },
  ports: PatchPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Lockfile>> {
  const patched = new Map<string, RequiringComponent>();
  for (const source of request.patches) {
    const taken = await takePatch(source, { lock: request.lock, ports }, context);
    if (!taken.ok) return taken;
    const { name } = taken.value.component;
    if (patched.has(name)) return fail(patchedTwice(name, 'two work trees'));
    patched.set(name, taken.value);
  }
  return replaceComponents(request.lock, [...patched.values()]);
}

async function takePatch(
  source: PatchSource,
  { lock, ports }: { readonly lock: Lockfile; readonly ports: PatchPorts },
  context: RunContext<ResolveEvent>,
): Promise<Outcome<RequiringComponent>> {
  const identity = await ports.workTrees.identify(source.folder);
  if (!identity.ok) return identity;
  const component = findComponent(source, matchComponent(lock, identity.value), lock);
  if (!component.ok) return component;
  const { name, patch } = component.value;
  if (patch !== undefined) return fail(patchedTwice(name, `a work tree and by ${changesOf(patch)}`));
  const snapshot = await ports.workTrees.snapshot(source.folder, component.value.url);
  if (!snapshot.ok) return snapshot;
  const { tree, branch, head } = snapshot.value;
  const { root } = identity.value;
  const manifest = await readManifest({ ...component.value, id: tree, folder: root }, ports.objects);
  if (!manifest.ok) return manifest;
  const changed = tree !== component.value.tree;
  context.emit({ code: 'resolve/patch-taken', component: component.value.name, from: root, tree, changed });
  const because = `${branch === undefined ? 'detached' : branch}@${head.slice(0, 7)} of ${root}, uncommitted changes included`;
  const value = withManifest({ ...component.value, patch: { tree, from: root, because } }, manifest.value);
  return ok({ component: value, at: manifest.value?.at ?? (() => ({ file: root, line: 1, column: 1, length: 1 })) });
}

function findComponent(
  source: PatchSource,
  found: LockedComponent | undefined,
  lock: Lockfile,
): Outcome<LockedComponent> {
  const named = source.name === undefined ? found : lock.components.find(({ name }) => name === source.name);
  if (named !== undefined) return ok(named);
  const names = lock.components.map(({ name }) => name);
  const near = source.name === undefined ? undefined : nearest(source.name, names);
  const what = source.name === undefined ? `the checkout ${quote(source.folder)}` : quote(source.name);
  return fail({
    code: 'resolve/unknown-component',
    message: `${what} is no component of the set ${quote(lock.set)}`,
    hint:
      near === undefined
        ? `name one: --with NAME=${source.folder}; the set has ${names.join(', ')}`
        : `did you mean ${near}?`,
  });
}

function changesOf({ changes = [], because }: ComponentPatch): string {
  const numbers = changes.map(({ change, patchset }) => `${change}/${patchset}`);
  return numbers.length === 0 ? because : `change ${numbers.join(', ')}`;
}

function patchedTwice(name: string, by: string): Diagnostic {
  const hint = 'keep one of them: check the change out into the work tree, or leave the work tree out';
  return { code: 'resolve/patched-twice', message: `${name} is patched by ${by}`, hint };
}
