/** The wiki as users reach it, through the router; a pin sends one's own requests to a chosen slot. */
import type { Wiki } from '../../deploy/ports.ts';
import { messageOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';

export interface WikiOptions {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** What makes a pin count; read from the target's secrets when the first request is sent. */
  readonly pinKey: (context: RunContext) => Promise<Outcome<string>>;
}

const DEADLINE_MS = 60_000;

export function routedWiki({ url, pinKey }: WikiOptions): Wiki {
  return {
    url,
    get: async (path, slot, context) => {
      const key = await pinKey(context);
      if (!key.ok) return key;
      const started = context.clock.now();
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(DEADLINE_MS)]);
      try {
        const headers = { 'X-Mwpipe-Pin': `${slot}:${key.value}` };
        const response = await fetch(new URL(path, url), { headers, signal, redirect: 'manual' });
        const body = await response.text();
        const { status } = response;
        return ok({ status, headers: Object.fromEntries(response.headers), body, ms: context.clock.now() - started });
      } catch (thrown) {
        context.signal.throwIfAborted();
        return noAnswer(new URL(path, url).href, thrown);
      }
    },
  };
}

function noAnswer(url: string, thrown: unknown): Outcome<never> {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  return fail({
    code: 'deploy/no-answer',
    message: `${url} gave no answer: ${messageOf(cause)}`,
    hint: 'does the router run? mwpipe status, mwpipe logs router',
    exit: 'outside',
  });
}
