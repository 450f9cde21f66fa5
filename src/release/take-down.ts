/** `mwpipe down`: a target and all that it holds goes away: wiki, pages, releases, history. */
import type { TargetContents, TargetRemoval } from '../deploy/index.ts';
import type { Home } from '../kernel/home.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import { underLease } from '../kernel/under-lease.ts';
import { silent } from '../kernel/run-context.ts';
import type { FlowContext } from './tools.ts';

/** @param leases none where the target has no home (any more): then nobody can be at work on it */
export async function takeDown(
  {
    removal,
    leases,
    dryRun,
  }: { readonly removal: TargetRemoval; readonly leases: readonly Pick<Home, 'acquire'>[]; readonly dryRun: boolean },
  context: FlowContext,
): Promise<Outcome<TargetContents>> {
  const contents = await removal.contents();
  if (!contents.ok || dryRun) return contents;
  if (isEmpty(contents.value)) return ok(contents.value);
  const remove = (): Promise<Outcome<TargetContents>> => removal.remove(silent(context));
  return leases.reduceRight((work, home) => () => underLease({ home, reason: 'down', context }, work), remove)();
}

function isEmpty({ containers, volumes, networks }: TargetContents): boolean {
  return containers.length + volumes.length + networks.length === 0;
}
