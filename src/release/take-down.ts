/** `mwpipe down`: a target and all that it holds goes away: wiki, pages, releases, history. */
import type { TargetContents, TargetRemoval } from '../deploy/index.ts';
import type { Home } from '../kernel/home.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { silent } from '../kernel/run-context.ts';
import { underLease, type FlowContext } from './tools.ts';

/** @param home undefined where the target has none (any more): then nobody can be at work on it */
export async function takeDown(
  {
    removal,
    home,
    dryRun,
  }: { readonly removal: TargetRemoval; readonly home: Home | undefined; readonly dryRun: boolean },
  context: FlowContext,
): Promise<Outcome<TargetContents>> {
  const contents = await removal.contents();
  if (!contents.ok || dryRun) return contents;
  if (isEmpty(contents.value)) return ok(contents.value);
  const remove = (): Promise<Outcome<TargetContents>> => removal.remove(silent(context));
  return home === undefined ? remove() : underLease({ home, reason: 'down' }, context, remove);
}

function isEmpty({ containers, volumes, networks }: TargetContents): boolean {
  return containers.length + volumes.length + networks.length === 0;
}
