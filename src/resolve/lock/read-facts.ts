/**
 * The facts that a lock is planned from, in three sweeps over all components: ask the remotes, fetch what is missing,
 * read. Whole sweeps, since one reader then serves every repo; and one component's failure hides no other's.
 */
import pLimit from 'p-limit';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { nearest } from '../../kernel/nearest.ts';
import { all, fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import { readManifests } from '../manifests/read-manifest.ts';
import type { GitObjects, GitRefs } from '../ports.ts';
import { chooseRef, wantedPrefixes, type BranchPolicy, type ChosenRef } from '../sets/choose-ref.ts';
import type { SetComponent } from '../sets/extension-set.ts';
import { readSubmodules } from '../submodules/read-submodules.ts';
import type { ComponentFacts } from './plan-lock.ts';

export interface ResolvePorts {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
}

export interface FactsRequest {
  readonly components: readonly SetComponent[];
  readonly policyOf: (component: SetComponent) => BranchPolicy;
  /** What stays as an earlier lock has it: its remote isn't asked. */
  readonly kept: ReadonlyMap<string, ChosenRef>;
  /** Components that sets of this workspace name: what a misspelt one may have meant. */
  readonly known: readonly string[];
}

type Context = RunContext<ResolveEvent>;

/** Remotes asked at once; the adapter bounds what one host gets. */
const ASKED_AT_ONCE = 64;
/** Git processes that fetch at once. */
const FETCHES_AT_ONCE = 8;

/** Every component's facts, in the order of the set. Fails with everything that any of them says, each thing once. */
export async function readFacts(
  request: FactsRequest,
  ports: ResolvePorts,
  context: Context,
): Promise<Outcome<ComponentFacts[]>> {
  const asking = pLimit(ASKED_AT_ONCE);
  const fetching = pLimit(FETCHES_AT_ONCE);
  const progress = watch(request.components, context);
  const fetched = await Promise.all(
    request.components.map(async (component) => {
      const tools = { request, ports, context };
      const chosen = await asking(() => choose(component, tools));
      const got = chosen.ok ? await fetching(() => fetchChosen(component, chosen.value, tools)) : chosen;
      progress.answered(component);
      return got;
    }),
  );
  const read = fetched.map(async (one) => (one.ok ? readComponent(one.value, { request, ports, context }) : one));
  return toldOnce(all(await Promise.all(read)));
}

interface Tools {
  readonly request: FactsRequest;
  readonly ports: ResolvePorts;
  readonly context: Context;
}

async function choose(component: SetComponent, { request, ports, context }: Tools): Promise<Outcome<ChosenRef>> {
  context.signal.throwIfAborted();
  const kept = request.kept.get(component.name);
  if (kept !== undefined) return ok(kept);
  const policy = request.policyOf(component);
  const prefixes = wantedPrefixes(component, policy);
  if (prefixes.length === 0) return chooseRef(component, policy, new Map());
  const few = await ports.refs.refs({ url: component.url, prefixes }, context);
  if (!few.ok) return fail(remoteProblem(component, request.known, few.diagnostics[0]));
  const chosen = chooseRef(component, policy, few.value);
  if (chosen.ok || chosen.diagnostics[0].code !== 'resolve/no-ref') return chosen;
  const every = await ports.refs.refs({ url: component.url }, context); // what it has, for the hint
  return every.ok ? chooseRef(component, policy, every.value) : chosen;
}

interface Fetched {
  readonly component: SetComponent;
  readonly chosen: ChosenRef;
  readonly tree: string;
}

/** A branch may be moved, or forced to another history, between the answer and the fetch: then it is asked once more. */
async function fetchChosen(component: SetComponent, first: ChosenRef, tools: Tools): Promise<Outcome<Fetched>> {
  const { request, ports, context } = tools;
  const { url } = component;
  const fetch = async (chosen: ChosenRef): Promise<Outcome<Fetched>> => {
    const fetched = await ports.objects.fetch({ url, ...chosen }, context);
    return fetched.ok
      ? ok({ component, chosen, ...fetched.value })
      : fail({ ...fetched.diagnostics[0], at: component.at });
  };
  const fetched = await fetch(first);
  const moved = !fetched.ok && ['git/ref-moved', 'git/no-such-commit'].includes(fetched.diagnostics[0].code);
  if (!moved || component.pin?.kind === 'commit' || request.kept.has(component.name)) return fetched;
  const again = await choose(component, tools);
  if (!again.ok) return again;
  return again.value.commit === first.commit ? fetched : fetch(again.value);
}

async function readComponent(
  { component, chosen, tree }: Fetched,
  { request, ports, context }: Tools,
): Promise<Outcome<ComponentFacts>> {
  context.emit({ code: 'resolve/ref-chosen', component: component.name, ...chosen });
  const { name, kind, url, path } = component;
  const id = chosen.commit;
  const foreign = request.components.flatMap((other) => inside(path, other.path));
  const [manifests, submodules] = await Promise.all([
    readManifests({ ...component, id }, ports.objects),
    readSubmodules({ name, kind, url, id, foreign }, ports.objects, context),
  ]);
  if (!manifests.ok || !submodules.ok)
    return settle(undefined as never, [manifests, submodules].flatMap(diagnosticsOf));
  return ok({ component, chosen, tree, manifests: manifests.value, submodules: submodules.value });
}

function inside(outer: string, inner: string): string[] {
  if (outer === inner) return [];
  if (outer === '') return [inner];
  return inner.startsWith(`${outer}/`) ? [inner.slice(outer.length + 1)] : [];
}

function diagnosticsOf(outcome: Outcome<unknown>): readonly Diagnostic[] {
  return outcome.ok ? [] : outcome.diagnostics;
}

const NAMED = 3;

/** Tells how far the work is, and at its end for whom it waits. */
function watch(components: readonly SetComponent[], context: Context): { answered(component: SetComponent): void } {
  const waiting = new Set(components.map(({ name }) => name));
  return {
    answered: ({ name }) => {
      waiting.delete(name);
      const done = components.length - waiting.size;
      const names = waiting.size <= NAMED ? [...waiting] : [];
      context.emit({ code: 'resolve/component-fetched', component: name, done, of: components.length, waiting: names });
    },
  };
}

/** What every component says (no mirror, no git) is said once. */
function toldOnce<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.ok) return outcome;
  const different = new Map(outcome.diagnostics.map((diagnostic) => [canonicalJson(diagnostic), diagnostic]));
  return settle(undefined as never, [...different.values()]);
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
