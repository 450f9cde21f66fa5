/** The router port on HAProxy's runtime API, spoken inside its container: no admin port is open to anybody. */
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Router, Shares } from '../../rollout/ports.ts';
import { readStats, viewOf, type ServerRow } from './read-stats.ts';
import { ADMIN_SOCKET, CONFIG_FILE, LIVE_BACKEND, STATE_FILE } from './router-config.ts';
import { weightsOf } from './weights.ts';

/** Runs a program where the router runs. */
export type RouterShell = (
  command: { readonly argv: readonly string[]; readonly stdin?: string },
  context: RunContext,
) => Promise<Outcome<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>>;

export function haproxyRouter(shell: RouterShell): Router {
  return {
    observe: async (context) => {
      const rows = await stats(shell, context);
      return rows.ok ? ok(viewOf(rows.value)) : rows;
    },
    setShares: async (shares, context) => {
      const before = await stats(shell, context);
      if (!before.ok) return before;
      const problem = refuse(shares, before.value);
      if (!problem.ok) return problem;
      const wanted = wantedWeights(shares, before.value);
      const sent = await send(shell, weightCommands(wanted, before.value), context);
      if (!sent.ok) return sent;
      const after = await stats(shell, context);
      if (!after.ok) return after;
      const applied = compare(wanted, after.value);
      return applied.ok ? saveState(shell, context) : applied;
    },
  };
}

/** Writes servers' weights, addresses and health to where the next process of HAProxy reads them. */
export async function saveState(shell: RouterShell, context: RunContext): Promise<Outcome<void>> {
  const script = `echo "show servers state" | socat -t 10 stdio unix-connect:${ADMIN_SOCKET} > ${STATE_FILE}.new
[ "$(wc -l < ${STATE_FILE}.new)" -ge 2 ] && sync ${STATE_FILE}.new && mv ${STATE_FILE}.new ${STATE_FILE}`;
  const done = await shell({ argv: ['sh', '-c', script] }, context);
  if (!done.ok) return done;
  return done.value.exitCode === 0 ? ok() : unreachable(`its state was not kept: ${done.value.stderr.trim()}`);
}

/** A new process takes over the listening sockets; the old one ends its requests. Shares are as they were. */
export async function reloadRouter(shell: RouterShell, context: RunContext): Promise<Outcome<void>> {
  const kept = await saveState(shell, context);
  if (!kept.ok) return kept;
  const script = `pid() { echo "show info" | socat -t 2 stdio unix-connect:${ADMIN_SOCKET} | sed -n 's/^Pid: //p'; }
haproxy -c -q -f ${CONFIG_FILE} || exit 1
before=$(pid)
kill -USR2 1
for _ in $(seq 100); do
  now=$(pid 2> /dev/null)
  [ -n "$now" ] && [ "$now" != "$before" ] && exit 0
  sleep 0.1
done
echo "no new process within 10 s" >&2
exit 1`;
  const done = await shell({ argv: ['sh', '-c', script] }, context);
  if (!done.ok) return done;
  return done.value.exitCode === 0 ? ok() : unreachable(`a reload failed: ${done.value.stderr.trim().slice(-300)}`);
}

async function stats(shell: RouterShell, context: RunContext): Promise<Outcome<ServerRow[]>> {
  const csv = await send(shell, ['show stat'], context);
  if (!csv.ok) return csv;
  return csv.value.startsWith('# pxname') ? ok(readStats(csv.value)) : unreachable(csv.value.trim().slice(0, 200));
}

/** One connection for all commands: nothing comes between them. */
async function send(shell: RouterShell, commands: readonly string[], context: RunContext): Promise<Outcome<string>> {
  const argv = ['socat', '-t', '10', 'stdio', `unix-connect:${ADMIN_SOCKET}`];
  const done = await shell({ argv, stdin: `${commands.join('; ')}\n` }, context);
  if (!done.ok) return done;
  return done.value.exitCode === 0 ? ok(done.value.stdout) : unreachable(done.value.stderr.trim());
}

function refuse(shares: Shares, rows: readonly ServerRow[]): Outcome<void> {
  for (const [slot, share] of Object.entries(shares)) {
    const servers = rows.filter((row) => row.slot === slot);
    if (servers.length === 0) {
      return fail({ code: 'router/unknown-slot', message: `the router knows no slot ${slot}`, exit: 'outside' });
    }
    if (share > 0 && !servers.some(({ ready }) => ready)) {
      return fail({
        code: 'router/not-ready',
        message: `no instance of ${slot} passes the router's health check, so it gets no traffic`,
        hint: `mwpipe logs ${slot} may say why; the traffic stays where it is`,
        exit: 'outside',
      });
    }
  }
  return ok();
}

function wantedWeights(shares: Shares, rows: readonly ServerRow[]): Map<string, number> {
  const instances = new Map<string, number>();
  for (const { slot, absent } of rows) instances.set(slot, (instances.get(slot) ?? 0) + (absent ? 0 : 1));
  const bySlot = weightsOf(shares, instances);
  return new Map(rows.map(({ server, slot }) => [server, bySlot.get(slot) ?? 0]));
}

/** Who gets more comes first: at no moment does nobody get anything. */
function weightCommands(wanted: ReadonlyMap<string, number>, rows: readonly ServerRow[]): string[] {
  const gain = ({ server, weight }: ServerRow): number => (wanted.get(server) ?? 0) - weight;
  return rows
    .toSorted((a, b) => gain(b) - gain(a))
    .map(({ server }) => `set server ${LIVE_BACKEND}/${server} weight ${String(wanted.get(server) ?? 0)}`);
}

function compare(wanted: ReadonlyMap<string, number>, rows: readonly ServerRow[]): Outcome<void> {
  const wrong = rows.find(({ server, weight, absent }) => !absent && wanted.get(server) !== weight);
  if (wrong === undefined) return ok();
  return fail({
    code: 'router/not-applied',
    message: `the router gives ${wrong.server} weight ${String(wrong.weight)}, not ${String(wanted.get(wrong.server))}`,
    hint: 'is somebody else setting weights? mwpipe status shows the shares that are in effect',
    exit: 'outside',
  });
}

function unreachable(why: string): Outcome<never> {
  return fail({
    code: 'router/unreachable',
    message: `the router can't be asked (${why === '' ? 'no answer' : why})`,
    hint: 'mwpipe logs router; the traffic goes on as it was',
    exit: 'outside',
  });
}
