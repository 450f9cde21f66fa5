/** What goes wrong at a registry every day, each as a diagnostic of its own. No text of the server's holds our secrets. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { messageOf, systemCodeOf } from '../../kernel/error.ts';
import { Silence } from './answer.ts';

export interface Place {
  /** As mwpipe.yaml calls it. */
  readonly name: string;
  readonly host: string;
  readonly path: string;
}

export interface BadAnswer {
  readonly status: number;
  /** Without our secrets. */
  readonly text: string;
  /** What was asked: `PUT https://…`, without its query. */
  readonly asked: string;
}

const outside = { exit: 'outside' } as const;

/** Words of registries and their storage for "there is no room left"; 28 is ENOSPC, as Go prints it. */
const FULL = /no space left|disk quota|insufficient storage|storage (is )?full|quota exceeded|"Err":\s*28\b/i;

export function isFull({ status, text }: Pick<BadAnswer, 'status' | 'text'>): boolean {
  return status === 507 || (status >= 400 && FULL.test(text));
}

export function faultOf(place: Place, answer: BadAnswer): Diagnostic {
  const { status, asked } = answer;
  const { name } = place;
  const said = `${status}${errorText(answer.text)}`;
  if (isFull(answer)) return full(place, said);
  if (status === 429) return throttled(place, undefined);
  if (status === 403 || status === 405) {
    return {
      code: 'registry/refused',
      message: `${name} refuses ${asked}: ${said}`,
      hint: 'has this login the right to push there? is the registry read-only?',
      ...outside,
    };
  }
  if (status >= 300 && status < 400) {
    return {
      code: 'registry/redirected',
      message: `${name} sends ${asked} elsewhere (${status})`,
      hint: 'if the registry has moved, write its new address under registries of mwpipe.yaml',
      ...outside,
    };
  }
  return {
    code: status >= 500 ? 'registry/failed' : 'registry/unexpected',
    message: `${name} answers ${said} to ${asked}`,
    hint: status >= 500 ? "the registry's own log says more" : 'is this an OCI registry, and the path right?',
    ...outside,
  };
}

/** `: DENIED: requested access to the resource is denied`, of the spec's error body; else the text's beginning. */
function errorText(text: string): string {
  const found = /"code"\s*:\s*"([^"]*)"\s*,\s*"message"\s*:\s*"([^"]*)"/.exec(text);
  if (found !== null) return `: ${found[1] ?? ''}: ${quote(found[2] ?? '')}`;
  const line = text.trim().split('\n')[0] ?? '';
  return line === '' ? '' : `: ${quote(line)}`;
}

function full({ name, host }: Place, said: string): Diagnostic {
  return {
    code: 'registry/full',
    message: `${name} has no room left (${said})`,
    hint: `free some on ${host} (its garbage collection), or push to another with --push; what it got is kept there`,
    ...outside,
  };
}

export function throttled({ name }: Place, waitMs: number | undefined): Diagnostic {
  const seconds = Math.max(1, Math.ceil((waitMs ?? 60_000) / 1000));
  return {
    code: 'registry/throttled',
    message: `${name} has had enough of our requests (429)`,
    hint: `try again in ${seconds} seconds: what it got is kept`,
    ...outside,
  };
}

export function unauthorised({ name, host }: Place, { user }: { readonly user: string | undefined }): Diagnostic {
  return {
    code: 'registry/unauthorised',
    message: user === undefined ? `${name} wants a login` : `${name} doesn't take the login of ${quote(user)}`,
    hint: `docker login ${host}; or "login: {user, secret: NAME_OF_A_VARIABLE}" under registries of mwpipe.yaml`,
    ...outside,
  };
}

/** A connection that could not be made, broke, or fell silent. */
export function gone({ name, host }: Place, thrown: unknown): Diagnostic {
  if (thrown instanceof Silence) {
    return {
      code: 'registry/silent',
      message: `${name} stopped answering (${thrown.message})`,
      hint: `is ${host} overloaded? run the same command again: what it got is kept`,
      ...outside,
    };
  }
  const cause = causeOf(thrown);
  const isBroken = BROKEN.includes(cause);
  return {
    code: 'registry/gone',
    message: isBroken ? `${name} broke off the connection (${cause})` : `${name} can't be reached at ${host}: ${cause}`,
    hint: isBroken
      ? 'run the same command again: what it got is kept'
      : 'is it running, and the network up? is the address right?',
    ...outside,
  };
}

const BROKEN = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** fetch says "fetch failed"; the reason is inside, sometimes several deep. */
export function causeOf(thrown: unknown): string {
  if (thrown instanceof Error && thrown.cause !== undefined) return causeOf(thrown.cause);
  return systemCodeOf(thrown) ?? messageOf(thrown);
}

export function plainHttp({ name }: Place, address: string): Diagnostic {
  return {
    code: 'registry/insecure',
    message: `${name} leads to ${address} without encryption`,
    hint: 'behind a proxy it must know its own https address; or allow it with "insecure: true" in mwpipe.yaml',
    exit: 'refused',
  };
}

export function lies({ name }: Place, { what, got }: { readonly what: string; readonly got: string }): Diagnostic {
  return {
    code: 'registry/wrong-bytes',
    message: `${name} gives other bytes than ${what} says: ${got}`,
    hint: 'its storage or a cache before it is damaged: delete it there, and push or pull by another registry meanwhile',
    ...outside,
  };
}

export function notKept({ name }: Place, what: string): Diagnostic {
  return {
    code: 'registry/not-kept',
    message: `${name} took ${what}, and now says that it has none`,
    hint: "is there more than one registry behind this address, with storage that they don't share?",
    ...outside,
  };
}
