/** Back to the bundle that was live before: it is staged still, so this is a pointer again. */
import { quote, type Diagnostic } from '../kernel/diagnostic.ts';
import { short } from '../kernel/digest.ts';
import type { JournalEntry } from '../kernel/home.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Bundle } from './bundle.ts';
import type { ConfigEvent } from './events.ts';
import { bundleBefore, knownBundles, liveHistory, ROLLBACK, wasChecked } from './history.ts';
import { makeLive, planLive, type PushResult } from './make-live.ts';
import { liveBundle } from './plan-push.ts';
import type { ConfigPorts } from './ports.ts';
import { checkInImages } from './push-config.ts';
import { underLease } from './under-lease.ts';

/**
 * To what was live before, or to `to` (the first digits of a bundle in history). Checked again only in an image that
 * has never accepted it.
 * @returns fails as pushConfig does, and with `config/nothing-before`
 */
export async function rollbackConfig(
  { to, dryRun }: { readonly to?: string; readonly dryRun?: boolean },
  ports: ConfigPorts,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<PushResult>> {
  return underLease({ home: ports.home, reason: 'config rollback', context }, async () => {
    const journal = await ports.home.journal();
    if (!journal.ok) return journal;
    const target = await chooseTarget({ to, journal: journal.value }, ports, context);
    if (!target.ok) return target;
    const planned = await planLive(target.value, ports, context);
    if (!planned.ok || dryRun === true) return planned;
    const bundle = target.value;
    const images = planned.value.plan.images.filter((image) => !wasChecked(journal.value, { bundle, image }));
    const checked = await checkInImages({ bundle: stagedOnly(bundle), images }, ports, context);
    return checked.ok ? makeLive({ act: ROLLBACK, planned: planned.value }, ports, context) : checked;
  });
}

async function chooseTarget(
  { to, journal }: { readonly to: string | undefined; readonly journal: readonly JournalEntry[] },
  { host }: ConfigPorts,
  context: RunContext<never>,
): Promise<Outcome<string>> {
  const slots = await host.slots(context);
  if (!slots.ok) return slots;
  const known = knownBundles(journal);
  const found =
    to === undefined
      ? bundleBefore(liveHistory(journal), liveBundle(slots.value))?.bundle
      : known.findLast((bundle) => bundle.startsWith(to));
  return found === undefined ? fail(nothingBefore(to, known)) : ok(found);
}

function nothingBefore(to: string | undefined, known: readonly string[]): Diagnostic {
  return {
    code: 'config/nothing-before',
    message:
      to === undefined ? 'no other bundle was live here before' : `no bundle in history begins with ${quote(to)}`,
    hint:
      known.length === 0 ? 'the first push has nothing to go back to' : `in history: ${known.map(short).join(', ')}`,
    exit: 'refused',
  };
}

/** A bundle of which only the staged files are left: a check can judge it, but not say where a mistake was typed. */
function stagedOnly(hash: string): Bundle {
  const settings = { default: new Map(), wikis: new Map(), origins: new Map() };
  return { hash, overlays: [], files: new Map(), manifest: '', settings, sources: new Map() };
}
