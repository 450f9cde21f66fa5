/**
 * `{ $secret: NAME }`: a value that is only at the target, in the file /run/secrets/mwpipe/NAME. Everything here handles
 * its name alone: bundle, check, diff and log have `$secret:NAME`.
 */

export interface Secret {
  readonly secret: string;
  /** False: null where the target has no such file; else the wiki refuses to run without. */
  readonly required: boolean;
}

export function isSecret(value: unknown): value is Secret {
  return value instanceof SecretReference;
}

class SecretReference implements Secret {
  readonly secret: string;
  readonly required: boolean;

  constructor(secret: string, required: boolean) {
    this.secret = secret;
    this.required = required;
  }

  /** In events, results and keys of caches too. */
  toJSON(): string {
    return secretMark(this);
  }
}

/** As in a bundle's arrays, and in what checks and diffs show. */
export function secretMark({ secret, required }: Secret): string {
  return `$secret:${secret}${required ? '' : '?'}`;
}

/** Undefined where the map is none; what is wrong with it, where it means to be one. */
export function secretOf(map: ReadonlyMap<unknown, unknown>): Secret | string | undefined {
  if (!map.has('$secret')) return undefined;
  const { name, required, others } = partsOf(map);
  if (others.length > 0) return `${others.join(', ')} can't stand beside $secret`;
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9.-]{0,62}$/.test(name)) {
    return 'a secret is named by up to 63 of a-z, 0-9, - and .';
  }
  return typeof required === 'boolean' ? new SecretReference(name, required) : 'required is true or false';
}

function partsOf(map: ReadonlyMap<unknown, unknown>) {
  const others = [...map.keys()].map(String).filter((key) => key !== '$secret' && key !== 'required');
  return { name: map.get('$secret'), required: map.get('required') ?? true, others };
}
