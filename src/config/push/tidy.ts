/** After a move: opcache forgets the bundles that nobody can still be in, and the disk those beyond the last twenty. */
import type { JournalEntry } from '../../kernel/home.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ConfirmedSlots } from './activate.ts';
import type { ConfigEvent } from '../events.ts';
import { deployedBundles, knownBundles, leftAt } from './history.ts';
import type { ConfigHost } from '../ports.ts';

/** Longer than the longest request (request_terminate_timeout of images/common/fpm-pool.conf). */
const GRACE_MS = 120_000;
const KEPT_BUNDLES = 20;

/** Best effort: what fails here is done by the next push. */
export async function tidy(
  facts: { readonly confirmed: ConfirmedSlots; readonly journal: readonly JournalEntry[] },
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<void> {
  for (const [slot, answers] of facts.confirmed) {
    const serving = new Set(answers.map(({ bundle }) => bundle));
    const cached = new Set(answers.flatMap((answer) => answer.cached));
    const bundles = [...cached].filter((bundle) => !serving.has(bundle) && isQuiet(bundle, facts.journal, context));
    if (bundles.length === 0) continue;
    const retired = await host.retire({ slot, bundles }, context);
    if (retired.ok) context.emit({ code: 'config/retired', slot, bundles: bundles.length });
  }
  // Files go only after opcache has let go of them: it finds what to drop by the file's path.
  const cached = [...facts.confirmed.values()].flatMap((answers) => answers.flatMap((answer) => answer.cached));
  const recent = knownBundles(facts.journal).slice(-KEPT_BUNDLES);
  const inUse = cached.filter((bundle) => !isQuiet(bundle, facts.journal, context));
  const pruned = await host.prune([...recent, ...deployedBundles(facts.journal), ...inUse], context);
  if (pruned.ok && pruned.value.removed.length > 0) {
    context.emit({ code: 'config/pruned', bundles: pruned.value.removed.length });
  }
}

function isQuiet(bundle: string, journal: readonly JournalEntry[], context: Pick<RunContext, 'clock'>): boolean {
  const left = leftAt(journal, bundle);
  return left === undefined || context.clock.now() - left > GRACE_MS;
}
