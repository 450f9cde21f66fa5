/** From the end of the checks until a request to each instance shows the new value, push by push; staging is in it. */
import {
  pushConfig,
  type Bundle,
  type ConfigEvent,
  type ConfigHost,
  type ConfigPorts,
} from '../../src/config/index.ts';
import { messageOf } from '../../src/kernel/error.ts';
import type { Runner } from '../../src/kernel/runner.ts';
import type { PushPolicy } from '../../src/kernel/target-config.ts';
import { valueOf } from '../../test/worlds/overlays.ts';
import { say, seconds, spreadOf, type Spread } from './figures.ts';
import { valueOfPush, type OverlayPushes } from './overlay-pushes.ts';
import { probe, seenAt, siteinfo, warm, type ProbeAnswer } from './probe.ts';
import { benchContext, stopped } from './stop.ts';
import type { BenchTarget } from './target.ts';

export interface Pushes {
  readonly count: number;
  /** Of the first bundle: each is new to the target. */
  readonly from: number;
  /** A page, or MediaWiki. @default the page of probe.php */
  readonly ask?: (url: string) => Promise<ProbeAnswer>;
}

export interface PushTimes {
  /** What users wait for, without checks and soak. */
  readonly live: Spread;
  /** Of it: until every instance has the bundle, and the first pointer moves. */
  readonly staging: Spread;
  /** The rest: from the first pointer's move, by which instances learn of it. */
  readonly activation: Spread;
  /** Pushes that took themselves back; not in the times. */
  readonly failed: number;
  /** The first push, whose checks are real. */
  readonly checks_s: number;
  /** One push with canaries that are watched: for how long, and what it took beside. */
  readonly soak?: { readonly soak_s: number; readonly live_s: number };
}

interface Times {
  readonly live: number;
  readonly staging: number;
  readonly checks: number;
  readonly soak: number;
}

interface Push {
  readonly ports: ConfigPorts;
  readonly bundle: Bundle;
  readonly value: string;
  readonly ask: readonly (() => Promise<ProbeAnswer>)[];
  readonly soak?: number;
}

interface Place {
  readonly target: BenchTarget;
  readonly overlay: OverlayPushes;
  /** Seconds that the canaries of one more push are watched. @default there is none */
  readonly soak?: number;
  /** Of the checks. @default the target's own */
  readonly runner?: Runner;
}

export async function pushLatency(
  { target, overlay, soak, runner }: Place,
  { count, from, ask = probe }: Pushes,
): Promise<PushTimes> {
  const ports = target.ports(runner);
  const push = (number: number, more: Pick<Push, 'soak'> = {}): Promise<Times> =>
    timePush({
      ports,
      bundle: overlay.bundle(number),
      value: valueOfPush(number),
      ask: target.urls.map((url) => () => ask(url)),
      ...more,
    });
  const first = await push(from);
  if (ask === siteinfo) await warm(target.urls);
  const times: Times[] = [];
  const failed: string[] = [];
  for (let number = from + 1; number <= from + count; number += 1) {
    // On a busy machine an instance may not answer in time: then all go back, which is no time of a push.
    await push(number).then(
      (one) => times.push(one),
      (thrown: unknown) => failed.push(messageOf(thrown)),
    );
    stopped.throwIfAborted();
  }
  for (const one of failed) say(`  failed: ${one}`);
  if (times.length < count / 2) throw new Error(`${String(failed.length)} of ${String(count)} pushes failed`);
  const soaked = soak === undefined ? undefined : await push(from + count + 1, { soak });
  return {
    live: spreadOf(times.map((one) => one.live)),
    staging: spreadOf(times.map((one) => one.staging)),
    activation: spreadOf(times.map((one) => one.live - one.staging)),
    failed: failed.length,
    checks_s: seconds(first.checks),
    ...(soaked === undefined ? {} : { soak: { soak_s: seconds(soaked.soak), live_s: seconds(soaked.live) } }),
  };
}

/** Instances are asked from the first pointer's move on: nobody can see the value before, and asking takes a core. */
async function timePush({ ports, bundle, value, ask, soak = 0 }: Push): Promise<Times> {
  stopped.throwIfAborted();
  const end = new AbortController();
  const seen: Promise<number>[] = [];
  const at = { started: performance.now(), checked: 0, pointed: 0, soakMs: 0 };
  const emit = (event: ConfigEvent): void => {
    if (event.code === 'config/soaked') at.soakMs = event.ms;
    if (event.code !== 'config/pointed' || seen.length > 0) return;
    at.pointed = performance.now();
    seen.push(...ask.map((one) => seenAt(one, value, end)));
  };
  // Checks are over where staging begins: instances are probed beside PHP, which the bench asks only once.
  const stage: ConfigHost['stage'] = (wish, context) => {
    at.checked = performance.now();
    return ports.host.stage(wish, context);
  };
  const watched = { ...ports, host: { ...ports.host, stage } };
  try {
    valueOf(await pushConfig({ bundle, policy: policyOf(soak) }, watched, { ...benchContext(), emit }));
    const last = Math.max(...(await Promise.all(seen)));
    const [live, staging] = [last - at.checked - at.soakMs, at.pointed - at.checked - at.soakMs];
    return { live, staging, checks: at.checked - at.started, soak: at.soakMs };
  } finally {
    end.abort();
    await Promise.allSettled(seen);
  }
}

function policyOf(soak: number): PushPolicy {
  return { canaries: 3, soak, worse: 0.01, lost: 0, demand: 'anything', branch: 'origin/HEAD' };
}
