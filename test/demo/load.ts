/** Load around a shift of releases, and the control that shows that the load would notice a loss. */
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { lostOf, type TrafficReport } from '../worlds/traffic/report.ts';
import { hardRestart, makeEditor } from '../worlds/traffic/target-containers.ts';
import { startTraffic } from '../worlds/traffic/traffic.ts';
import type { CommandResult, Story } from './story.ts';

export interface Load {
  readonly url: string;
  readonly target: string;
  /** How long the load goes on at least. */
  readonly seconds: number;
  readonly story: Story;
}

export interface LoadFacts {
  readonly requests: number;
  readonly lost: number;
}

/** Two cores hold this many of MediaWiki's own answers a second, and one logged-in edit, at about 60 % CPU. */
const RATE_PER_SECOND = 20;
const CONTROL_SECONDS = 8;

/** Runs commands while requests come in; what of those was lost is judged by the last command's release. */
export async function underLoad<Results extends readonly CommandResult[]>(
  load: Load,
  commands: () => Promise<Results>,
): Promise<{ readonly results: Results; readonly facts: LoadFacts }> {
  const editor = await makeEditor(new Docker(), load.target);
  const traffic = await startTraffic({ url: load.url, ratePerSecond: RATE_PER_SECOND, editor });
  const started = performance.now();
  const results = await commands().catch(async (thrown: unknown) => {
    await traffic.stop();
    throw thrown;
  });
  await delay(Math.max(2000, load.seconds * 1000 - (performance.now() - started)));
  const report = await traffic.stop();
  const { release } = (results.at(-1)?.value ?? {}) as { release?: number };
  const lost = lostOf(report, String(release));
  load.story.say(summary(report, lost));
  return { results, facts: { requests: report.requests, lost } };
}

/** What a wiki without slots does, for comparison. */
export async function controlRestart(load: Load): Promise<LoadFacts> {
  return load.story.step('The control: a hard restart of what serves, under the same load', async () => {
    const traffic = await startTraffic({ url: load.url, ratePerSecond: RATE_PER_SECOND });
    await delay(3000);
    await hardRestart(new Docker(), load.target);
    await delay(CONTROL_SECONDS * 1000);
    const report = await traffic.stop();
    const lost = lostOf(report);
    load.story.say(summary(report, lost));
    return { requests: report.requests, lost };
  });
}

function summary(report: TrafficReport, lost: number): string {
  const { requests, answered, edits, latencyMs, cpu } = report;
  const byRelease = Object.entries(report.answers)
    .map(
      ([release, statuses]) =>
        `${release}: ${Object.entries(statuses)
          .map(([status, count]) => `${String(count)} × ${status}`)
          .join(', ')}`,
    )
    .join(' | ');
  return [
    `  load: ${String(requests)} requests, ${String(answered)} answered, ${String(lost)} lost; ${String(edits.acknowledged)} of ${String(edits.sent)} edits saved, ${String(edits.missing)} missing`,
    `        by release ${byRelease}; p50 ${String(latencyMs.p50)} ms, p95 ${String(latencyMs.p95)} ms; CPU ${String(Math.round(cpu * 100))} %`,
  ].join('\n');
}
