/** Secrets that settings need, against the names that the target has: an instance without one answers 503. No value is asked for. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { ConfigHost, Stop, TargetSecret } from '../ports.ts';
import { isSecret } from '../settings/secret-reference.ts';
import type { CheckedSource } from './evaluate-bundle.ts';
import { originOf, type Origin } from './origin-of.ts';

/**
 * Asks only where a wiki's settings can't do without one.
 * @returns fails with `config/no-such-secret` (failed), and as the host does
 */
export async function checkSecrets(
  bundle: CheckedSource,
  host: Pick<ConfigHost, 'secrets'>,
  context: Stop,
): Promise<Outcome<void>> {
  const needed = secretsNeeded(bundle);
  if (needed.size === 0) return ok();
  const there = await host.secrets(context);
  if (!there.ok) return there;
  if (there.value === undefined) return ok();
  const known = new Map(there.value.map((secret) => [secret.name, secret]));
  return settle(
    undefined,
    [...needed].flatMap(([name, origin]) => lacking({ name, secret: known.get(name), origin })),
  );
}

/** By name, where it is referred to first. */
function secretsNeeded(bundle: CheckedSource): ReadonlyMap<string, Origin | undefined> {
  const { settings, farm } = bundle;
  const needed = new Map<string, Origin | undefined>();
  const add = (setting: string, value: unknown, wiki: string): void => {
    for (const name of namesIn(value)) {
      if (!needed.has(name)) needed.set(name, originOf(bundle, setting.replace('+', ''), wiki));
    }
  };
  for (const [setting, value] of settings.default) {
    const names = farm === undefined ? [''] : [...farm.wikis.keys()];
    // Where every wiki has its own value, nobody reads the default.
    const wiki = names.find((name) => settings.wikis.get(name)?.has(setting) !== true);
    if (wiki !== undefined) add(setting, value, wiki);
  }
  for (const [wiki, values] of settings.wikis) for (const [setting, value] of values) add(setting, value, wiki);
  return needed;
}

function namesIn(value: unknown): string[] {
  if (isSecret(value)) return value.required ? [value.secret] : [];
  if (value instanceof Map) return [...(value as ReadonlyMap<string, unknown>).values()].flatMap(namesIn);
  return Array.isArray(value) ? value.flatMap(namesIn) : [];
}

function lacking(given: {
  readonly name: string;
  readonly secret: TargetSecret | undefined;
  readonly origin: Origin | undefined;
}): Diagnostic[] {
  const { name, secret, origin } = given;
  if (secret?.problem === null) return [];
  const message =
    secret === undefined
      ? `the target has no secret ${quote(name)}`
      : `the target’s secret ${quote(name)} ${secret.problem}`;
  return [
    {
      code: 'config/no-such-secret',
      message,
      hint: `an instance would answer 503: make /run/secrets/mwpipe/${name} there, or say required: false where the wiki can do without`,
      exit: 'failed',
      ...(origin === undefined ? {} : { at: origin.at() }),
    },
  ];
}
