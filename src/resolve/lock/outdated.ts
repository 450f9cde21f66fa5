/** `mwpipe outdated`: a set's lock against its remotes as they are now. Refs are asked for, nothing is fetched. */
import pLimit from 'p-limit';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import type { GitRefs } from '../ports.ts';
import { wantedPrefixes, type BranchPolicy } from '../sets/choose-ref.ts';
import { readSet, type SetComponent } from '../sets/extension-set.ts';
import { policiesOf } from '../sets/policies.ts';
import { compareComponents } from './component-order.ts';
import type { LockedComponent } from './lockfile.ts';
import { outdatedComponent, type LockState, type OutdatedRow } from './outdated-component.ts';
import { readLock } from './read-lock.ts';

export interface OutdatedRequest {
  /** Folder of the workspace. */
  readonly root: string;
  readonly set: string;
  /** `train`: before those of the set. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Outdated {
  readonly set: string;
  /** In the order of a lock. */
  readonly rows: readonly OutdatedRow[];
  /** Components that resolving again would move, add or remove, or could not find. */
  readonly outdated: number;
  /** Of the remotes that did not answer. */
  readonly unknown: readonly Diagnostic[];
}

/** The same answers as often as it is asked; a lock that is resolved again right afterwards has none of them. */
const SETTLED: readonly LockState[] = ['current', 'pinned', 'unknown'];

/** Remotes asked at once; the adapter bounds what one host gets. */
const AT_ONCE = 64;

/** @returns fails with `lock/*`, `yaml/*` and what is wrong with the set; one failing remote hides no other */
export async function readOutdated(
  request: OutdatedRequest,
  refs: GitRefs,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Outdated>> {
  const set = await readSet(request.root, request.set);
  if (!set.ok) return set;
  const lock = await readLock(request.root, request.set);
  if (!lock.ok) return lock;
  const policyOf = policiesOf(set.value, request.variables ?? {});
  if (!policyOf.ok) return policyOf;
  const locked = new Map(lock.value.components.map((component) => [component.name, component]));
  const listed = new Set(set.value.components.map(({ name }) => name));
  const asking = set.value.components.map((component) => {
    return { component, policy: policyOf.value(component), locked: locked.get(component.name) };
  });
  const answers = await askAll(asking, refs, context);
  const unlisted = lock.value.components.filter(({ name }) => !listed.has(name)).map(notListed);
  const all = [...answers, ...unlisted].sort((a, b) => compareComponents(a.listed, b.listed));
  const rows = all.map(({ row }) => row);
  const outdated = rows.filter(({ state }) => !SETTLED.includes(state)).length;
  return ok({ set: request.set, rows, outdated, unknown: all.flatMap(({ problem }) => problem ?? []) });
}

interface Asked {
  readonly component: SetComponent;
  readonly policy: BranchPolicy;
  readonly locked: LockedComponent | undefined;
}

interface Answer {
  readonly listed: Pick<LockedComponent, 'kind' | 'name'>;
  readonly row: OutdatedRow;
  readonly problem?: Diagnostic;
}

async function askAll(all: readonly Asked[], refs: GitRefs, context: RunContext<ResolveEvent>): Promise<Answer[]> {
  const limit = pLimit(AT_ONCE);
  let done = 0;
  const ask = async (asked: Asked): Promise<Answer> => {
    const answer = await limit(() => askOne(asked, refs, context));
    done += 1;
    context.emit({ code: 'resolve/remote-asked', component: asked.component.name, done, of: all.length });
    return answer;
  };
  return Promise.all(all.map(ask));
}

async function askOne(
  { component, policy, locked }: Asked,
  refs: GitRefs,
  context: RunContext<ResolveEvent>,
): Promise<Answer> {
  context.signal.throwIfAborted();
  const { name } = component;
  if (locked === undefined) {
    const because = 'the set lists it, its lock does not';
    return { listed: component, row: { component: name, state: 'not-locked', because } };
  }
  const prefixes = prefixesOf(component, policy, locked);
  const known = new Map<string, string>();
  const answer = prefixes.length === 0 ? ok(known) : await refs.refs({ url: component.url, prefixes }, context);
  if (answer.ok) {
    return { listed: component, row: outdatedComponent({ component, policy, locked, refs: answer.value }) };
  }
  const [problem] = answer.diagnostics;
  const row = { component: name, state: 'unknown', locked: spotOf(locked), because: problem.message } as const;
  return { listed: component, row, problem: { ...problem, at: component.at } };
}

/** A pinned commit can't be outdated: nobody is asked. */
function prefixesOf(component: SetComponent, policy: BranchPolicy, locked: LockedComponent): string[] {
  if (component.url !== locked.url || component.pin?.kind === 'commit') return [];
  const tags = component.pin?.kind === 'tag' ? ['refs/tags/'] : [];
  const own = locked.ref.startsWith('refs/') ? [locked.ref] : [];
  return [...new Set([...wantedPrefixes(component, policy), ...own, ...tags])];
}

function notListed(locked: LockedComponent): Answer {
  const because = 'its set no longer lists it';
  return { listed: locked, row: { component: locked.name, state: 'not-listed', locked: spotOf(locked), because } };
}

function spotOf({ ref, commit }: LockedComponent): { readonly ref: string; readonly commit: string } {
  return { ref, commit };
}
