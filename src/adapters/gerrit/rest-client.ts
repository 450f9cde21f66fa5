/**
 * GET of Gerrit's REST, anonymous: a deadline, a limit of size, a bounded wait where the server asks for one, and each
 * thing that goes wrong every day as a diagnostic of its own.
 */
import type { z } from 'zod';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { messageOf, systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { readText } from './read-text.ts';

export interface RestLimits {
  /** Of one answer, its body included. @default 30_000 */
  readonly timeoutMs?: number;
  /** @default 16 MiB */
  readonly bytes?: number;
  /** Longest that a server which is busy may make us wait, all tries together. @default 60_000 */
  readonly waitMs?: number;
}

export interface RestClient {
  /** @param path `changes/42?o=CURRENT_REVISION`, encoded. @returns fails with `gerrit/not-found` for a 404 */
  get<T>(
    wanted: { readonly gerrit: string; readonly path: string; readonly schema: z.ZodType<T> },
    context: RunContext<never>,
  ): Promise<Outcome<T>>;
}

export interface MirrorRule {
  readonly from: string;
  readonly to: string;
}

/** @param rules of the workspace: a canonical https://gerrit.wikimedia.org/r may be served by a mirror, as its repos are */
export function restClient(rules: readonly MirrorRule[], limits: RestLimits = {}): RestClient {
  const bounds = { timeoutMs: 30_000, bytes: 16 * 1024 * 1024, waitMs: 60_000, ...limits };
  return {
    get: async ({ gerrit, path, schema }, context) => {
      const url = mapped(`${gerrit}/${path}`, rules);
      if (!/^https?:\/\//i.test(url)) return fail(noRest(gerrit));
      const body = await getPatiently({ gerrit, url }, bounds, context);
      return body.ok ? parse(body.value, gerrit, schema) : body;
    },
  };
}

function mapped(url: string, rules: readonly MirrorRule[]): string {
  const [rule] = rules.filter(({ from }) => url.startsWith(from)).sort((a, b) => b.from.length - a.from.length);
  return rule === undefined ? url : rule.to + url.slice(rule.from.length);
}

type Bounds = Required<RestLimits>;
interface Place {
  readonly gerrit: string;
  readonly url: string;
}

const BUSY = [429, 502, 503, 504];
const MOST_TRIES = 4;

/** Tries again where the server is busy: after as long as it says, else after 1, 2 and 4 seconds. */
async function getPatiently(place: Place, bounds: Bounds, context: RunContext<never>): Promise<Outcome<string>> {
  let waited = 0;
  for (let tries = 1; ; tries += 1) {
    const answer = await getOnce(place, bounds, context);
    if (!answer.ok) return answer;
    const { status, text, headers } = answer.value;
    if (!BUSY.includes(status)) return judge(place, { status, text, location: headers.get('location') });
    const wait = retryAfter(headers.get('retry-after'), context) ?? 1000 * 2 ** (tries - 1);
    if (tries === MOST_TRIES || waited + wait > bounds.waitMs) return fail(busy(place, { status, wait }));
    waited += wait;
    await context.clock.sleep(wait, context.signal);
  }
}

/** Seconds, or a date. @returns milliseconds */
function retryAfter(header: string | null, { clock }: RunContext<never>): number | undefined {
  if (header === null) return undefined;
  const at = Date.parse(header);
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : at - clock.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function getOnce(place: Place, bounds: Bounds, context: RunContext<never>): Promise<Outcome<Answer>> {
  const timeout = AbortSignal.timeout(bounds.timeoutMs);
  try {
    const response = await fetch(place.url, {
      headers: { accept: 'application/json' },
      redirect: 'manual', // wherever it leads, nobody named that server
      signal: AbortSignal.any([context.signal, timeout]),
    });
    const text = await readText(response, bounds.bytes);
    if (text === undefined) return fail(tooLarge(place, bounds));
    return ok({ status: response.status, headers: response.headers, text });
  } catch (cause) {
    context.signal.throwIfAborted();
    return fail(timeout.aborted ? silent(place, bounds) : gone(place, cause));
  }
}

function judge(
  { gerrit, url }: Place,
  { status, text, location }: { readonly status: number; readonly text: string; readonly location: string | null },
): Outcome<string> {
  const outside = { exit: 'outside' as const };
  if (status === 200) return ok(text);
  if (status === 404) {
    return fail({ code: 'gerrit/not-found', message: `${gerrit} has nothing at ${url}`, ...outside });
  }
  if (status === 401 || status === 403) {
    const hint = 'mwpipe reads without an account: is the change private, or the server closed?';
    return fail({ code: 'gerrit/needs-login', message: `${gerrit} wants a login`, hint, ...outside });
  }
  if (status >= 300 && status < 400) {
    const message = `${gerrit} sends us to ${quote(location ?? '')}`;
    const hint = 'if that is the server, write its address under sources, or under "mirrors" in mwpipe.yaml';
    return fail({ code: 'gerrit/redirected', message, hint, ...outside });
  }
  const message = `${gerrit} answers ${status}: ${quote(text.trim())}`;
  return fail({ code: 'gerrit/failed', message, hint: `try by hand: curl ${url}`, ...outside });
}

/** Gerrit puts `)]}'` before its JSON, so that no script can load it. */
function parse<T>(text: string, gerrit: string, schema: z.ZodType<T>): Outcome<T> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\)\]\}'\s*/, ''));
  } catch {
    return fail({
      code: 'gerrit/not-json',
      message: `${gerrit} doesn't answer as Gerrit does: ${quote(text.trim().slice(0, 60))}`,
      hint: 'is this its base url, with /r where it has one? is a login page or a proxy in between?',
      exit: 'outside',
    });
  }
  const checked = schema.safeParse(value);
  if (checked.success) return ok(checked.data);
  const [issue] = checked.error.issues;
  return fail({
    code: 'gerrit/unexpected',
    message: `${gerrit} answers what no Gerrit does: ${quote(issue?.path.map(String).join('.') ?? '')} ${issue?.message ?? ''}`,
    hint: 'mwpipe knows Gerrit 2.15 and later',
    exit: 'outside',
  });
}

function noRest(gerrit: string): Diagnostic {
  return {
    code: 'gerrit/no-rest',
    message: `${gerrit} is a folder here: it has repos, but no changes under review`,
    hint: 'see "mirrors" in mwpipe.yaml; --with DIR takes a checkout',
  };
}

function busy({ gerrit }: Place, { status, wait }: { readonly status: number; readonly wait: number }): Diagnostic {
  const limited = status === 429;
  return {
    code: limited ? 'gerrit/rate-limited' : 'gerrit/failed',
    message: limited ? `${gerrit} has had enough of our questions (429)` : `${gerrit} is busy (${status})`,
    hint: `try again in ${Math.max(1, Math.ceil(wait / 1000))} seconds`,
    exit: 'outside',
  };
}

function tooLarge({ gerrit, url }: Place, { bytes }: Bounds): Diagnostic {
  const message = `${gerrit} answers with more than ${bytes} bytes`;
  return { code: 'gerrit/too-large', message, hint: `look at it: curl ${url}`, exit: 'outside' };
}

function silent({ gerrit }: Place, { timeoutMs }: Bounds): Diagnostic {
  const message = `${gerrit} doesn't answer within ${Math.ceil(timeoutMs / 1000)} s`;
  return { code: 'gerrit/timeout', message, hint: 'is the network up? try again', exit: 'outside' };
}

function gone({ gerrit }: Place, thrown: unknown): Diagnostic {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const message = `${gerrit} can't be reached: ${systemCodeOf(cause) ?? messageOf(cause)}`;
  return { code: 'gerrit/remote-gone', message, hint: 'is the network up?', exit: 'outside' };
}
