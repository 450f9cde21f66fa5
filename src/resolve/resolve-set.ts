/** `mwpipe resolve`: reads a set and its remotes, plans the lock, writes it where it changed. */
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { writeAtomically } from '../kernel/write-atomically.ts';
import { quote, type Diagnostic } from '../kernel/diagnostic.ts';
import { canonicalJson } from '../kernel/digest.ts';
import { nearest } from '../kernel/nearest.ts';
import { all, fail, ok, settle, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { chooseRef, fillBranches, type BranchPolicy, type ChosenRef } from './sets/choose-ref.ts';
import { diffLock, type LockChange } from './lock/diff-lock.ts';
import type { ResolveEvent } from './events.ts';
import { readSet, type ExtensionSet, type SetComponent } from './sets/extension-set.ts';
import { formatLockfile, lockFile, parseLockfile, type Lockfile } from './lock/lockfile.ts';
import { planLock, type ComponentFacts } from './lock/plan-lock.ts';
import type { GitObjects, GitRefs } from './ports.ts';
import { readManifest } from './manifests/read-manifest.ts';
import { knownComponents } from './sets/set-file.ts';

export interface ResolveRequest {
  /** Folder of the workspace. */
  readonly root: string;
  readonly set: string;
  /** `train`: `1.43.0-wmf.2`: before those of the set. */
  readonly variables?: Readonly<Record<string, string>>;
  /** `frozen` fails where the lock would change. @default 'write' */
  readonly mode?: 'write' | 'dry-run' | 'frozen';
  /** Puts changes under review on the lock before it is compared and written. */
  readonly onTop?: (lock: Lockfile) => Promise<Outcome<Lockfile>>;
}

export interface Resolved {
  readonly lock: Lockfile;
  readonly file: string;
  /** Against the lock that was there. */
  readonly changes: readonly LockChange[];
  readonly written: boolean;
}

export interface ResolvePorts {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
}

/** Remotes asked at once. */
const AT_ONCE = 8;

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
  const facts = await readFacts({ set: set.value, request, ports }, context);
  if (!facts.ok) return facts;
  const lock = planLock(set.value, facts.value, `extension-sets/${request.set}.yaml`);
  const whole = lock.ok && request.onTop !== undefined ? await request.onTop(lock.value) : lock;
  return whole.ok ? applyLock(whole.value, request, context) : whole;
}

interface Reading {
  readonly set: ExtensionSet;
  readonly request: ResolveRequest;
  readonly ports: ResolvePorts;
}

async function readFacts(reading: Reading, context: RunContext<ResolveEvent>): Promise<Outcome<ComponentFacts[]>> {
  const { set, request, ports } = reading;
  const branches = fillBranches(set, request.variables ?? {});
  if (!branches.ok) return branches;
  const named = Object.keys(request.variables ?? {}).length > 0;
  const limit = pLimit(AT_ONCE);
  const known = await knownComponents(request.root);
  let done = 0;
  const read = async (component: SetComponent): Promise<Outcome<ComponentFacts>> => {
    context.signal.throwIfAborted();
    const firstOnly = named && component.kind === 'core';
    const facts = await readComponent(
      { component, policy: { branches: branches.value, firstOnly }, known },
      ports,
      context,
    );
    done += 1;
    if (facts.ok) {
      const { tree } = facts.value;
      context.emit({
        code: 'resolve/component-read',
        component: component.name,
        tree,
        done,
        of: set.components.length,
      });
    }
    return facts;
  };
  return toldOnce(all(await Promise.all(set.components.map((component) => limit(() => read(component))))));
}

/** What every component says (no mirror, no git) is said once. */
function toldOnce<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.ok) return outcome;
  const different = new Map(outcome.diagnostics.map((diagnostic) => [canonicalJson(diagnostic), diagnostic]));
  return settle(undefined as never, [...different.values()]);
}

interface Asked {
  readonly component: SetComponent;
  readonly policy: BranchPolicy;
  /** Components that sets of this workspace name. */
  readonly known: readonly string[];
}

async function readComponent(
  { component, policy, known }: Asked,
  ports: ResolvePorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<ComponentFacts>> {
  const { name, url } = component;
  const refs = await ports.refs.refs({ url }, context);
  if (!refs.ok) return fail(remoteProblem(component, known, refs.diagnostics[0]));
  const chosen = chooseRef(component, policy, refs.value);
  if (!chosen.ok) return chosen;
  context.emit({ code: 'resolve/ref-chosen', component: name, ...chosen.value });
  const { ref, commit } = chosen.value;
  const fetched = await ports.objects.fetch({ url, commit, ref }, context);
  if (!fetched.ok) return fail({ ...fetched.diagnostics[0], at: component.at });
  const manifest = await readManifest({ ...component, id: commit }, ports.objects);
  return manifest.ok ? ok(factsOf(component, chosen.value, { ...fetched.value, manifest: manifest.value })) : manifest;
}

function factsOf(
  component: SetComponent,
  chosen: ChosenRef,
  read: Pick<ComponentFacts, 'tree' | 'manifest'>,
): ComponentFacts {
  return { component, chosen, ...read };
}

/** A remote without such a repo most likely means a misspelt name; anything else is told as git told it. */
function remoteProblem(component: SetComponent, known: readonly string[], problem: Diagnostic): Diagnostic {
  if (problem.code === 'git/no-mirror' || problem.code === 'git/missing') return problem; // not this component's fault
  if (problem.code !== 'git/no-such-repo' && problem.code !== 'git/needs-login')
    return { ...problem, at: component.at };
  const near = nearest(
    component.name,
    known.filter((name) => name !== component.name),
  );
  return {
    code: 'resolve/unknown-component',
    message: `unknown component ${quote(component.name)}: no git repo at ${component.url}`,
    hint: near === undefined ? 'check the name, and "mirrors" in mwpipe.yaml' : `did you mean ${near}?`,
    at: component.at,
  };
}

async function applyLock(
  lock: Lockfile,
  { root, mode = 'write' }: ResolveRequest,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Resolved>> {
  const file = lockFile(root, lock.set);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  const old = before === undefined ? undefined : parseLockfile(file, before);
  if (old?.ok === false && old.diagnostics[0].code === 'lock/newer-schema') return old;
  const text = formatLockfile(lock);
  const changes = diffLock(old?.ok === true ? old.value : undefined, lock);
  const same = text === before;
  if (mode === 'frozen' && !same) return fail(outdated(lock.set, file, changes));
  const written = mode === 'write' && !same;
  if (written) {
    await writeAtomically(file, text);
    context.emit({ code: 'resolve/lock-written', file, changes: changes.length });
  }
  return ok({ lock, file, changes, written });
}

function outdated(set: string, file: string, changes: readonly LockChange[]): Diagnostic {
  const named = changes
    .slice(0, 5)
    .map(({ component, before, after }) => `${component} ${before ?? 'new'} → ${after ?? 'gone'}`);
  const others = changes.length > 5 ? ` and ${changes.length - 5} more` : '';
  return {
    code: 'resolve/lock-outdated',
    message: `the lock of ${quote(set)} is not what its set resolves to: ${named.join(', ')}${others}`,
    hint: `run mwpipe resolve ${set} and commit the lock`,
    at: { file, line: 1, column: 1, length: 1 },
    exit: 'failed',
  };
}
