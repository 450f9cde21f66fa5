/** opcache after many pushes of a large bundle: with what was live dropped from it, and (the control) without. */
import { act } from './act.ts';
import { dockerTarget } from './docker-target.ts';
import { load, say } from './figures.ts';
import { demoPushes } from './overlay-pushes.ts';
import { probe } from './probe.ts';

export interface OpcacheAfter {
  readonly pushes: number;
  readonly usedMb: number;
  readonly freeMb: number;
  readonly wastedMb: number;
  readonly restarts: number;
  /** Bundles that it holds files of. */
  readonly bundlesCached: number;
  /** Files of the live bundle that it holds: none means that each request compiles them. */
  readonly liveFilesCached: number;
  /** CPU per request of the small page, which requires the large file. */
  readonly requestCpuMs: number;
  readonly load: number;
}

/** Of PHP source in each bundle: about what a payload of real size has in PHP arrays that differ by push. */
const PHP_BYTES = 500_000;
const OPCACHE_MB = 64;
const REQUESTS = 60;

export async function opcacheAfter(image: string, pushes: number, retire: boolean): Promise<OpcacheAfter> {
  await using target = await dockerTarget(image, 1, [`MWPIPE_OPCACHE_MB=${String(OPCACHE_MB)}`]);
  const [url = ''] = target.urls;
  const overlay = await demoPushes();
  const before: string[] = [];
  for (let number = 1; number <= pushes; number += 1) {
    await act({ host: target.host, slot: 'blue', retire }, overlay.bundle(number, PHP_BYTES), before);
    await probe(url);
    await probe(url);
    if (number % 50 === 0) say(`  ${String(number)} pushes, ${retire ? 'retired' : 'not retired'}`);
  }
  const started = await target.cpuNs(0);
  for (let turn = 0; turn < REQUESTS; turn += 1) await probe(url);
  const requestCpuMs = Number(((await target.cpuNs(0)) - started).toFixed(0)) / 1e6 / REQUESTS;
  const agent = (await (await fetch(`${url}/mwpipe/bundle`)).json()) as AgentAnswer;
  const mb = (bytes: number): number => Number((bytes / 1048576).toFixed(1));
  return {
    pushes,
    usedMb: mb(agent.opcache.usedBytes),
    freeMb: mb(agent.opcache.freeBytes),
    wastedMb: mb(agent.opcache.wastedBytes),
    restarts: agent.opcache.restarts,
    bundlesCached: Object.keys(agent.cached).length,
    liveFilesCached: agent.cached[before.at(-1) ?? ''] ?? 0,
    requestCpuMs: Number(requestCpuMs.toFixed(2)),
    load: load(),
  };
}

interface AgentAnswer {
  readonly cached: Readonly<Record<string, number>>;
  readonly opcache: {
    readonly usedBytes: number;
    readonly freeBytes: number;
    readonly wastedBytes: number;
    readonly restarts: number;
  };
}
