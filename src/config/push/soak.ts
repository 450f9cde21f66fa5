/** Watches canaries: users' requests and our own probes, once a second, until time is up or they are seen to be worse. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { askMediaWiki, isWell } from './answering.ts';
import type { ConfigEvent } from '../events.ts';
import type { ConfigHost, InstanceTraffic, SlotInstances } from '../ports.ts';
import { judgeCanaries, type Counted, type SoakSample, type SoakVerdict } from './judge-canaries.ts';

export interface Soak {
  /** Slots with their canaries. */
  readonly canaries: readonly SlotInstances[];
  readonly seconds: number;
  readonly worse: number;
  /** Where a wiki of the farm answers. */
  readonly host: string | undefined;
}

const TICK_MS = 1000;

/** @returns fails as the host does; rejects with the signal's reason when it is aborted */
export async function soakCanaries(
  soak: Soak,
  host: ConfigHost,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<SoakVerdict>> {
  const started = context.clock.now();
  const before = await trafficOf(soak, host, context);
  if (!before.ok) return before;
  const rows = new Map<string, number>();
  let answered = 0;
  for (;;) {
    await context.clock.sleep(TICK_MS, context.signal);
    const probed = await askMediaWiki({ slots: soak.canaries, wikiHost: soak.host }, host, context);
    if (!probed.ok) return probed;
    for (const [instance, status] of probed.value) {
      answered += isWell(status) ? 1 : 0;
      rows.set(instance, isWell(status) ? 0 : (rows.get(instance) ?? 0) + 1);
    }
    const now = await trafficOf(soak, host, context);
    if (!now.ok) return now;
    const sample = sampleOf({ before: before.value, now: now.value }, { answered, row: Math.max(0, ...rows.values()) });
    const verdict = judgeCanaries(sample, soak.worse);
    const seconds = (context.clock.now() - started) / 1000;
    context.emit({ code: 'config/soaking', seconds, of: soak.seconds, ...sample });
    // What failed just now is asked once more, however short the soak: once may be chance, and is no pass.
    const isOpen = sample.probes.row > 0;
    if (verdict.verdict === 'fail' || (seconds >= soak.seconds && !isOpen)) return ok(verdict);
  }
}

interface Traffic {
  readonly canaries: ReadonlyMap<string, Counted>;
  readonly others: ReadonlyMap<string, Counted>;
}

async function trafficOf({ canaries }: Soak, host: ConfigHost, context: RunContext<never>): Promise<Outcome<Traffic>> {
  const parts = { canaries: new Map<string, Counted>(), others: new Map<string, Counted>() };
  for (const { slot, instances } of canaries) {
    const traffic = await host.traffic(slot, context);
    if (!traffic.ok) return traffic;
    for (const { instance, requests, errors } of traffic.value satisfies readonly InstanceTraffic[]) {
      parts[instances.includes(instance) ? 'canaries' : 'others'].set(instance, { requests, errors });
    }
  }
  return ok(parts);
}

function sampleOf(
  { before, now }: { readonly before: Traffic; readonly now: Traffic },
  probes: SoakSample['probes'],
): SoakSample {
  return {
    canaries: since(before.canaries, now.canaries),
    others: since(before.others, now.others),
    probes,
  };
}

/** An instance whose counters began anew counts from there. */
function since(before: ReadonlyMap<string, Counted>, now: ReadonlyMap<string, Counted>): Counted {
  let [requests, errors] = [0, 0];
  for (const [instance, counted] of now) {
    const old = before.get(instance);
    const base = old === undefined || old.requests > counted.requests ? { requests: 0, errors: 0 } : old;
    requests += counted.requests - base.requests;
    errors += counted.errors - base.errors;
  }
  return { requests, errors };
}
