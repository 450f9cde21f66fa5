/** The token service of a registry, for a proxy before one that asks for no login itself. */
import { randomUUID } from 'node:crypto';
import type { Choose, Fault, Seen } from './faulty-registry.ts';
import { TEST_LOGIN } from './registry.ts';

export interface TokenService {
  readonly choose: Choose;
  /** Of each token that was asked for. */
  readonly scopes: string[][];
  /** Every secret that went over the wire. */
  readonly secrets: Set<string>;
}

export interface TokenServiceOptions {
  /** Requests until a token is refused. @default endless */
  readonly uses?: number;
  /** Where it says that tokens are to be had. @default itself */
  readonly realm?: string;
  /** What it answers instead of a token. */
  readonly instead?: Fault;
}

export function tokenService({ uses = Infinity, realm, instead }: TokenServiceOptions = {}): TokenService {
  const left = new Map<string, number>();
  const scopes: string[][] = [];
  const secrets = new Set<string>();
  const give = ({ path, headers }: Seen): Fault => {
    const basic = Buffer.from(`${TEST_LOGIN.user}:${TEST_LOGIN.password}`).toString('base64');
    scopes.push(new URL(path, 'http://x').searchParams.getAll('scope'));
    secrets.add(basic);
    if (headers.authorization !== `Basic ${basic}`) return { kind: 'answer', status: 401 };
    const token = randomUUID();
    secrets.add(token);
    left.set(token, uses);
    return instead ?? { kind: 'answer', status: 200, body: JSON.stringify({ token, expires_in: 60 }) };
  };
  const choose: Choose = (seen) => {
    if (seen.path.startsWith('/token')) return give(seen);
    const token = seen.headers.authorization?.replace(/^Bearer /, '') ?? '';
    const uses = left.get(token) ?? 0;
    left.set(token, uses - 1);
    if (uses > 0) return undefined;
    const at = realm ?? `http://${seen.headers.host ?? ''}/token`;
    const header = `Bearer realm="${at}",service="the \\"test\\" registry",scope="repository:x:pull"`;
    return { kind: 'answer', status: 401, headers: { 'www-authenticate': header } };
  };
  return { choose, scopes, secrets };
}
