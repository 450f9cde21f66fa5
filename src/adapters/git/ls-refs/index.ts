/**
 * The refs of a remote without a process: protocol version 2 over git:// and http(s)://, a bounded number of
 * connections per host, once more where one was reset (a git daemon does that from 16 at once on).
 */
import pLimit, { type LimitFunction } from 'p-limit';
import type { RunContext } from '../../../kernel/run-context.ts';
import { askDaemon, type Question } from './ask-daemon.ts';
import { httpClient } from './ask-http.ts';
import { faultOf, type RemoteFault } from './remote-fault.ts';

export { IS_OID } from './protocol.ts';
export { RemoteFault } from './remote-fault.ts';

export interface LsRefs {
  /** @returns the refs by name, more than asked for where the server pleases, or what went wrong; throws when aborted */
  ask(question: Question, context: RunContext<never>): Promise<ReadonlyMap<string, string> | RemoteFault>;
}

export interface LsRefsLimits {
  readonly silenceMs: number;
}

const CONNECTIONS_PER_HOST = 12;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 50;
/** All refs of mediawiki/core, its 1.3 million of changes left out, are 0.2 MB. */
const MOST_BYTES = 32e6;

export function lsRefs({ silenceMs }: LsRefsLimits): LsRefs {
  const http = httpClient(CONNECTIONS_PER_HOST);
  const hosts = new Map<string, LimitFunction>();
  const ask: LsRefs['ask'] = (question, context) => {
    const { protocol, host } = question.url;
    const queue = hosts.get(`${protocol}${host}`) ?? pLimit(CONNECTIONS_PER_HOST);
    hosts.set(`${protocol}${host}`, queue);
    const limits = { signal: context.signal, silenceMs, mostBytes: MOST_BYTES };
    return queue(() =>
      retrying(context, () => (protocol === 'git:' ? askDaemon(question, limits) : http.ask(question, limits))),
    );
  };
  return { ask };
}

async function retrying<T>({ signal, clock }: RunContext<never>, act: () => Promise<T>): Promise<T | RemoteFault> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      const fault = faultOf(error);
      if (fault.kind !== 'reset' || attempt === ATTEMPTS) return fault;
      await clock.sleep(FIRST_PAUSE_MS * 2 ** attempt, signal);
    }
  }
}
