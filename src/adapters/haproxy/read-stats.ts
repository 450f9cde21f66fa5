/** Reads `show stat`: HAProxy's counters as CSV, one line a server, by the names in its first line. */
import type { RouterView, SlotCounters, SlotView } from '../../rollout/ports.ts';
import { LIVE_BACKEND } from './router-config.ts';

/** One instance of a slot, as the live backend knows it. */
export interface ServerRow {
  /** `blue-1` */
  readonly server: string;
  readonly slot: string;
  /** Healthy, and its name has an address. */
  readonly ready: boolean;
  /** Its name has no address: the container isn't there, so it is no instance. */
  readonly absent: boolean;
  readonly weight: number;
  readonly sessions: number;
  readonly meanMs: number;
  readonly counters: SlotCounters;
}

export function readStats(csv: string): ServerRow[] {
  const [head = '', ...lines] = csv.trim().split('\n');
  const names = head.replace(/^# /, '').split(',');
  return lines
    .map((line) => rowOf(names, line.split(',')))
    .filter((row) => row('pxname') === LIVE_BACKEND && !['FRONTEND', 'BACKEND'].includes(row('svname')))
    .map(serverOf);
}

/** The servers of each slot together; `share` is what their weights make of new requests. */
export function viewOf(rows: readonly ServerRow[]): RouterView {
  const total = sum(rows, usedWeight);
  const slots = Map.groupBy(rows, ({ slot }) => slot);
  return Object.fromEntries([...slots].map(([slot, servers]) => [slot, slotView(servers, total)]));
}

type Row = (name: string) => string;

function rowOf(names: readonly string[], cells: readonly string[]): Row {
  const values = new Map(names.map((name, index) => [name, cells[index] ?? '']));
  return (name) => values.get(name) ?? '';
}

function serverOf(row: Row): ServerRow {
  const server = row('svname');
  const status = row('status');
  return {
    server,
    slot: server.replace(/-\d+$/, ''),
    // A server counts as UP before its first check has ended: that is hope, not readiness.
    ready: status.startsWith('UP') && !['', 'INI'].includes(row('check_status').replace('* ', '')),
    absent: status.startsWith('MAINT'),
    weight: Number(row('weight')),
    sessions: Number(row('scur')),
    meanMs: Number(row('ttime')),
    counters: countersOf((name) => Number(row(name))),
  };
}

function countersOf(count: (name: string) => number): SlotCounters {
  const status = {
    '2xx': count('hrsp_2xx'),
    '3xx': count('hrsp_3xx'),
    '4xx': count('hrsp_4xx'),
    '5xx': count('hrsp_5xx'),
  };
  const answered =
    count('hrsp_1xx') + status['2xx'] + status['3xx'] + status['4xx'] + status['5xx'] + count('hrsp_other');
  // A request that was sent elsewhere after this server refused it never reached a user as an error, and yet it tells
  // that this release fails.
  const failed = count('econ') + count('eresp') + count('wredis');
  return {
    requests: answered + failed,
    errors: status['5xx'] + failed,
    status,
    connectionErrors: count('econ') + count('wredis'),
    responseErrors: count('eresp'),
    retries: count('wretr'),
  };
}

function slotView(servers: readonly ServerRow[], totalWeight: number): SlotView {
  const present = servers.filter(({ absent }) => !absent);
  const times = present.filter(({ meanMs }) => meanMs > 0);
  return {
    share: totalWeight === 0 ? 0 : sum(servers, usedWeight) / totalWeight,
    ready: present.filter(({ ready }) => ready).map(({ server }) => server),
    unready: present.filter(({ ready }) => !ready).map(({ server }) => server),
    sessions: sum(servers, ({ sessions }) => sessions),
    counters: servers.map(({ counters }) => counters).reduce(addCounters),
    meanMs: times.length === 0 ? undefined : sum(times, ({ meanMs }) => meanMs) / times.length,
  };
}

function usedWeight({ ready, weight }: ServerRow): number {
  return ready ? weight : 0;
}

function addCounters(a: SlotCounters, b: SlotCounters): SlotCounters {
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    status: {
      '2xx': a.status['2xx'] + b.status['2xx'],
      '3xx': a.status['3xx'] + b.status['3xx'],
      '4xx': a.status['4xx'] + b.status['4xx'],
      '5xx': a.status['5xx'] + b.status['5xx'],
    },
    connectionErrors: a.connectionErrors + b.connectionErrors,
    responseErrors: a.responseErrors + b.responseErrors,
    retries: a.retries + b.retries,
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
