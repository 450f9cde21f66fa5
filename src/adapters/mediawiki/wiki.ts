/** The wiki as users reach it, through the router; a pin sends one's own requests to a chosen slot. */
import { request } from 'node:http';
import type { Page, Wiki } from '../../deploy/ports.ts';
import { messageOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';

export interface WikiOptions {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** What makes a pin count; read from the target's secrets when the first request is sent. */
  /** Of a wiki of a farm. */
  readonly host?: string;
  readonly pinKey: (context: RunContext) => Promise<Outcome<string>>;
}

const DEADLINE_MS = 60_000;

export function routedWiki({ url, pinKey, host }: WikiOptions): Wiki {
  const named: Readonly<Record<string, string>> = host === undefined ? {} : { Host: host };
  return {
    url,
    at: (other) => routedWiki({ url, pinKey, host: other }),
    get: async (path, slot, context) => {
      const key = await pinKey(context);
      if (!key.ok) return key;
      return ask(new URL(path, url), { ...named, 'X-Mwpipe-Pin': `${slot}:${key.value}` }, context);
    },
    ask: ({ path, host }, context) => ask(new URL(path, url), { Host: host }, context),
  };
}

/** By node:http: fetch says for itself which host it asks. */
async function ask(url: URL, headers: Readonly<Record<string, string>>, context: RunContext): Promise<Outcome<Page>> {
  const started = context.clock.now();
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    const answer = await answerOf(url, headers, signal);
    return ok({ ...answer, ms: context.clock.now() - started });
  } catch (thrown) {
    context.signal.throwIfAborted();
    return noAnswer(url.href, thrown);
  }
}

function answerOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Pick<Page, 'status' | 'headers' | 'body'>> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, signal, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('error', reject).on('end', () => {
        const named = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(named) as Page['headers'], body });
      });
    });
    sent.on('error', reject).end();
  });
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
