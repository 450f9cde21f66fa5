/**
 * The load itself, in a process of its own: an open loop on a fixed schedule, so that a slow answer delays no other
 * request. Half of the requests keep their connection, half make a new one. Edits, one a second, are logged in.
 */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { reportOf, type TrafficOutcome } from './report.ts';
import type { TrafficOrder } from './traffic.ts';
import { call, Editor } from './wiki-client.ts';

type Kind = TrafficOutcome['kind'];
const API: readonly [Kind, string] = ['api', '/api.php?action=query&meta=siteinfo&format=json'];
const PAGE_FACTS: readonly [Kind, string] = ['api', '/api.php?action=query&prop=info&titles=Main_Page&format=json'];
const MAIN_PAGE: readonly [Kind, string] = ['page', '/index.php?title=Main_Page'];
const STARTUP: readonly [Kind, string] = [
  'asset',
  '/load.php?lang=en&modules=startup&only=scripts&raw=1&skin=vector-2022',
];
/** Of ten requests two are pages and one is scripts; the others are the API's. */
const MIX = [API, MAIN_PAGE, PAGE_FACTS, API, STARTUP, PAGE_FACTS, API, MAIN_PAGE, PAGE_FACTS, API] as const;
const TIMEOUT_MS = 30_000;
const PAGE = 'Traffic';

const order = JSON.parse(process.argv[2] ?? '{}') as TrafficOrder;
const keepAlive = new Agent({ keepAlive: true, maxSockets: 64 });
const outcomes: TrafficOutcome[] = [];
const acknowledged: string[] = [];
const pending = new Set<Promise<void>>();
const editor = new Editor(order.url);
let sentEdits = 0;
let stopping = false;

process.on('message', () => (stopping = true));
process.on('disconnect', () => process.exit(1)); // nobody wants the report any more
const account = order.editor;
if (account !== undefined) await patiently(() => editor.logIn(account.name, account.password));
process.send?.({ started: true });
const started = performance.now();
const deadline = started + (order.seconds ?? Infinity) * 1000;
await Promise.all([schedule(order.ratePerSecond, visit), order.editor === undefined ? undefined : schedule(1, edit)]);
await Promise.all(pending);
const seconds = (performance.now() - started) / 1000;
const history = order.editor === undefined ? new Set<string>() : await patiently(() => editor.history(PAGE));
const missing = acknowledged.filter((marker) => !history.has(marker)).length;
const edits = { sent: sentEdits, acknowledged: acknowledged.length, missing };
process.send?.({ report: reportOf(outcomes, { edits, seconds, cpu: 0 }) });
process.disconnect();

/** What is not part of the load itself may meet a busy wiki: tried again for a while. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (tries === 5) throw thrown;
      await delay(2000);
    }
  }
}

async function schedule(ratePerSecond: number, act: (index: number, due: number) => Promise<void>): Promise<void> {
  for (let index = 0; !stopping; index += 1) {
    const due = started + (index * 1000) / ratePerSecond;
    if (due > deadline) return;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    const work = act(index, due).finally(() => pending.delete(work));
    pending.add(work);
  }
}

async function visit(index: number, due: number): Promise<void> {
  const [kind, path] = MIX[index % MIX.length] ?? MAIN_PAGE;
  const agent = index % 2 === 0 ? { agent: keepAlive } : {};
  await record(kind, due, () => call(order.url, { path, timeoutMs: TIMEOUT_MS, ...agent }));
}

async function edit(index: number, due: number): Promise<void> {
  const marker = `${order.run} edit ${String(index)}`;
  sentEdits += 1;
  await record('edit', due, async () => {
    const { answer, acknowledged: success } = await editor.edit(PAGE, marker);
    if (success) acknowledged.push(marker);
    return answer;
  });
}

async function record(
  kind: TrafficOutcome['kind'],
  due: number,
  work: () => Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>,
): Promise<void> {
  try {
    const { status, headers } = await work();
    const release = headers['x-mwpipe-release'];
    outcomes.push({
      kind,
      status,
      latencyMs: performance.now() - due,
      ...(typeof release === 'string' ? { release } : {}),
    });
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    outcomes.push({ kind, latencyMs: performance.now() - due, error });
  }
}
