/** `mwpipe graph`: reads the facts of each component of a lock, and plans the graph from them. */
import pLimit from 'p-limit';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { GraphEvent } from '../events.ts';
import type { LockedComponent, Lockfile } from '../lock/lockfile.ts';
import type { GitObjects } from '../ports.ts';
import type { ReadComponent } from './aliases.ts';
import { cyclesOf } from './cycles.ts';
import type { ComponentGraph } from './graph-document.ts';
import { planGraph } from './plan-graph.ts';
import { readCodeFacts, recallCodeFacts, type FactsTools } from './read-code-facts.ts';

export interface GraphTools extends FactsTools {
  readonly objects: Pick<GitObjects, 'fetch' | 'entries' | 'blobs'>;
}

/** Reading is this process's work; a few at once keep it busy while git answers others. */
const AT_ONCE = 4;

/** @returns fails as `GitObjects.fetch` does, for every component that can't be had */
export async function readGraph(
  { lock, core = false }: { readonly lock: Lockfile; readonly core?: boolean },
  tools: GraphTools,
  context: RunContext<GraphEvent>,
): Promise<Outcome<ComponentGraph>> {
  const limit = pLimit(AT_ONCE);
  let done = 0;
  const read = async (component: LockedComponent): Promise<Outcome<ReadComponent>> => {
    context.signal.throwIfAborted();
    const facts = await readComponent(component, tools, context);
    done += 1;
    if (facts.ok) tell(facts.value, { done, of: lock.components.length }, context);
    return facts;
  };
  const components = all(await Promise.all(lock.components.map((one) => limit(() => read(one)))));
  if (!components.ok) return components;
  const { set, mediawiki } = lock;
  const graph = planGraph({ set, mediawiki, components: components.value, core });
  for (const names of cyclesOf(graph, ['hard'])) context.emit({ code: 'resolve/hard-cycle', components: names });
  return ok(graph);
}

async function readComponent(
  component: LockedComponent,
  tools: GraphTools,
  context: RunContext<never>,
): Promise<Outcome<ReadComponent>> {
  const { name, kind, path, url, commit, ref, patch } = component;
  const tree = patch?.tree ?? component.tree;
  const of = { kind, url, tree };
  const kept = await recallCodeFacts(tools, of);
  if (kept !== undefined) return ok({ name, kind, path, tree, facts: kept });
  const fetched = await tools.objects.fetch({ url, commit, ref }, context);
  if (!fetched.ok) return fetched;
  return ok({ name, kind, path, tree, facts: await readCodeFacts(tools, of) });
}

function tell(
  { name, facts }: ReadComponent,
  progress: { readonly done: number; readonly of: number },
  { emit }: RunContext<GraphEvent>,
): void {
  for (const { file, because } of facts.skipped) emit({ code: 'resolve/file-skipped', component: name, file, because });
  emit({ code: 'resolve/code-read', component: name, files: facts.files, ...progress });
}
