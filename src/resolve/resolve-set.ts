/** `mwpipe resolve`: reads a set and its remotes, plans the lock, writes it where it changed. */
import { readFile } from 'node:fs/promises';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { findCircles } from './constraints/find-circles.ts';
import { readKnownSets } from './constraints/known-sets.ts';
import type { ResolveEvent } from './events.ts';
import { keepLocked } from './lock/keep-locked.ts';
import { lockFile, parseLockfile, type Lockfile } from './lock/lockfile.ts';
import { planLock, type ComponentFacts } from './lock/plan-lock.ts';
import { readFacts, type ResolvePorts } from './lock/read-facts.ts';
import { writeLock, type Resolved, type WriteMode } from './lock/write-lock.ts';
import { readSet, type ExtensionSet } from './sets/extension-set.ts';
import { policiesOf } from './sets/policies.ts';
import { knownComponents } from './sets/set-file.ts';

export type { Resolved } from './lock/write-lock.ts';

export interface ResolveRequest {
  /** Folder of the workspace. */
  readonly root: string;
  readonly set: string;
  /** `train`: `1.43.0-wmf.2`: before those of the set. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Components that may move; the others stay as the lock has them. @default all */
  readonly update?: readonly string[];
  /** @default 'write' */
  readonly mode?: WriteMode;
  /** Puts changes under review on the lock before it is compared and written: the set's, and those asked for. */
  readonly onTop?: (lock: Lockfile, set: ExtensionSet) => Promise<Outcome<Lockfile>>;
}

/**
 * Everything that is wrong with the set is told at once.
 * @returns fails with `yaml/*`, `git/*`, `json/syntax`, `resolve/*`; with `resolve/lock-outdated` (failed) where frozen
 */
export async function resolveSet(
  request: ResolveRequest,
  ports: ResolvePorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Resolved>> {
  const set = await readSet(request.root, request.set);
  if (!set.ok) return set;
  context.emit({ code: 'resolve/set-read', set: request.set, components: set.value.components.length });
  const facts = await factsOf(set.value, { request, ports }, context);
  if (!facts.ok) return facts;
  const lock = await planned(set.value, facts.value, request);
  if (!lock.ok) return lock;
  for (const components of findCircles(lock.value.components))
    context.emit({ code: 'resolve/requires-cycle', components });
  const whole = request.onTop === undefined ? lock : await request.onTop(lock.value, set.value);
  if (!whole.ok) return whole;
  return writeLock(whole.value, { file: lockFile(request.root, request.set), mode: request.mode ?? 'write' }, context);
}

/** The other sets are read only where something is missing that one of them may have. */
async function planned(
  set: ExtensionSet,
  facts: readonly ComponentFacts[],
  { root }: ResolveRequest,
): Promise<Outcome<Lockfile>> {
  const setFile = `extension-sets/${set.name}.yaml`;
  const lock = planLock(set, facts, { setFile });
  if (lock.ok || !lock.diagnostics.some(({ code }) => code === 'resolve/missing-dependency')) return lock;
  return planLock(set, facts, { setFile, known: await readKnownSets(root, set.name) });
}

interface Reading {
  readonly request: ResolveRequest;
  readonly ports: ResolvePorts;
}

async function factsOf(
  set: ExtensionSet,
  { request, ports }: Reading,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<ComponentFacts[]>> {
  const policyOf = policiesOf(set, request.variables ?? {});
  if (!policyOf.ok) return policyOf;
  const before = request.update === undefined ? undefined : await lockBefore(request);
  const kept = keepLocked(set, before, request.update);
  if (!kept.ok) return kept;
  return readFacts(
    {
      components: set.components,
      policyOf: policyOf.value,
      kept: kept.value,
      known: await knownComponents(request.root),
    },
    ports,
    context,
  );
}

/** Undefined where there is none that can be read: then nothing can stay as it was. */
async function lockBefore({ root, set }: ResolveRequest): Promise<Lockfile | undefined> {
  const file = lockFile(root, set);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const lock = text === undefined ? undefined : parseLockfile(file, text);
  return lock?.ok === true ? lock.value : undefined;
}
