/**
 * Shows a registry who we are, as it asks for it: nothing, a password, or a token from the service that it names.
 * Secrets go to the registry's own address and that service, and are taken out of every text that comes back.
 */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { exchange } from './answer.ts';
import type { Challenge } from './challenge.ts';
import type { Login } from './credentials.ts';
import { mayAsk, shown, type Endpoint } from './endpoint.ts';
import { faultOf, gone, plainHttp, unauthorised, type Place } from './faults.ts';

/** `repository:mediawiki/wiki:pull,push` */
export type Scope = `repository:${string}:${'pull' | 'pull,push'}`;

export interface Authority {
  /** The value of `Authorization` for these scopes; undefined as long as the registry hasn't asked. */
  header(scopes: readonly Scope[]): string | undefined;
  /** After a 401: asks the token service where there is one. @returns fails with `registry/unauthorised`, `registry/*` */
  answer(refused: Refused, context: RunContext<never>): Promise<Outcome<void>>;
  /** What is told where it was shown all that we have. */
  refusal(): Diagnostic;
  /** A text without what was secret. */
  redact(text: string): string;
}

interface Refused {
  readonly challenge: Challenge | undefined;
  readonly scopes: readonly Scope[];
  /** What was shown and refused. */
  readonly used: string | undefined;
}

interface Parts {
  readonly place: Place;
  readonly endpoint: Endpoint;
  readonly login: Login | undefined;
  readonly silenceMs: number;
}

export function authority(parts: Parts): Authority {
  const { login, place } = parts;
  const headers = new Map<string, string>();
  const secrets = new Set(login === undefined ? [] : [login.password.reveal(), basic(login).slice('Basic '.length)]);
  let password: string | undefined;
  const header = (scopes: readonly Scope[]): string | undefined => password ?? headers.get(scopes.join(' '));
  return {
    header,
    answer: async ({ challenge, scopes, used }, context) => {
      if (header(scopes) !== used) return ok(); // another request was asked the same meanwhile
      if (challenge?.scheme === 'bearer') {
        const token = await askToken(parts, { challenge, scopes }, context);
        if (!token.ok) return token;
        secrets.add(token.value);
        headers.set(scopes.join(' '), `Bearer ${token.value}`);
        return ok();
      }
      const known = challenge !== undefined && login !== undefined && password === undefined;
      if (!known) return fail(unauthorised(place, { user: login?.user }));
      password = basic(login);
      return ok();
    },
    refusal: () => unauthorised(place, { user: login?.user }),
    redact: (text) => [...secrets].reduce((clean, secret) => clean.replaceAll(secret, '[private]'), text),
  };
}

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}

async function askToken(
  { place, endpoint, login, silenceMs }: Parts,
  { challenge, scopes }: { challenge: Extract<Challenge, { scheme: 'bearer' }>; scopes: readonly Scope[] },
  { signal }: RunContext<never>,
): Promise<Outcome<string>> {
  const url = URL.parse(challenge.realm, endpoint.origin);
  if (url === null || !mayAsk(url, endpoint)) return fail(plainHttp(place, url === null ? '?' : shown(url)));
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (login !== undefined) url.searchParams.set('account', login.user);
  const headers = login === undefined ? {} : { authorization: basic(login) };
  try {
    const answer = await exchange({ method: 'GET', url, headers }, { silenceMs, signal });
    const text = await answer.text();
    const token = answer.status === 200 ? tokenIn(text) : undefined;
    if (token !== undefined) return ok(token);
    if (answer.status === 401 || answer.status === 403) return fail(unauthorised(place, { user: login?.user }));
    return fail(answer.status === 200 ? noToken(place, url) : badService(place, url, answer.status));
  } catch (thrown) {
    signal.throwIfAborted();
    return fail(gone({ ...place, host: url.host }, thrown));
  }
}

function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token: other } = JSON.parse(text) as Record<string, unknown>;
    const found = [token, other].find((one) => typeof one === 'string' && one !== '');
    return typeof found === 'string' && /^[\x21-\x7E]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function noToken({ name }: Place, url: URL): Diagnostic {
  return {
    code: 'registry/no-token',
    message: `${shown(url)}, which ${name} names for logins, answers without a token`,
    hint: 'does a proxy or a login page stand in between?',
    exit: 'outside',
  };
}

function badService(place: Place, url: URL, status: number): Diagnostic {
  return faultOf(place, { status, text: '', asked: `GET ${shown(url)}` });
}
