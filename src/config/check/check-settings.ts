/** Settings by name and type, against what MediaWiki's own schema and the image's extensions declare. */
import type { Diagnostic, SourceRange } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { KnownSetting } from './check-answer.ts';
import type { CheckedSource } from './evaluate-bundle.ts';

export interface SettingsCheck {
  /** Of the wrong type. */
  readonly wrong: readonly Diagnostic[];
  /** That nothing declares. */
  readonly unknown: readonly Diagnostic[];
  /** How many names were found, with the right types. */
  readonly known: number;
}

/** Pure. Names with `wmg`, those that an overlay declares, and those that its PHP mentions, are the overlays' own. */
export function checkSettings(bundle: CheckedSource, schema: Readonly<Record<string, KnownSetting>>): SettingsCheck {
  const names = Object.keys(schema);
  const wrong: Diagnostic[] = [];
  const unknown: Diagnostic[] = [];
  const own = namesInPhp(bundle);
  let known = 0;
  for (const typed of bundle.settings.default.keys()) {
    const setting = typed.replace('+', '');
    const declared = schema[setting];
    if (declared === undefined) {
      const isOwn = !setting.startsWith('wg') || own.has(setting) || bundle.declares?.has(setting) === true;
      if (!isOwn) unknown.push(unknownSetting(bundle, setting, names));
      continue;
    }
    const bad = valuesOf(bundle, typed).filter(({ value }) => !fits(declared, value));
    if (bad.length === 0) known += 1;
    wrong.push(...bad.map((one) => wrongType({ setting, declared, ...one })));
  }
  return { wrong, unknown, known };
}

interface TypedValue {
  /** A wiki or tag, with a plus where it adds; undefined: all. */
  readonly key: string | undefined;
  readonly value: unknown;
  readonly at: (() => SourceRange) | undefined;
}

/** Each where it was typed; where only the compiled values are known, at the setting. */
function valuesOf({ settings, table }: CheckedSource, typed: string): TypedValue[] {
  const entries = table?.get(typed);
  if (entries !== undefined) {
    return [...entries].map(([key, { value, at }]) => ({ key: key === 'default' ? undefined : key, value, at }));
  }
  const origin = settings.origins.get(typed.replace('+', ''));
  const at = origin === undefined ? undefined : () => origin;
  const own = [...settings.wikis].flatMap(([key, values]) =>
    values.has(typed) ? [{ key, value: values.get(typed), at }] : [],
  );
  return [{ key: undefined, value: settings.default.get(typed), at }, ...own];
}

/** A type that is declared, or what the default lets guess: `false` and `null` are how "not set" is said, of any type. */
function fits(declared: KnownSetting, value: unknown): boolean {
  // Null says nothing: the value is MediaWiki's own. What a secret is, nobody here knows.
  if (value === null || isSecret(value)) return true;
  const wanted = wantedTypes(declared);
  if (wanted === undefined) return true;
  const kind = kindOf(value);
  const guessed = declared.types.length === 0;
  return wanted.some((type) => accepts(type, kind)) || (guessed && value === false);
}

function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('$secret' in value || 'secret' in value);
}

/** Undefined: anything. */
function wantedTypes({ types, default: general }: KnownSetting): readonly string[] | undefined {
  if (types.length > 0) return types.includes('mixed') ? undefined : types;
  switch (general) {
    case 'array':
      return ['array'];
    case 'string':
      return ['string', 'number'];
    case 'int':
    case 'float':
      return ['number', 'string', 'boolean'];
    case 'true':
      return ['boolean', 'integer', 'string'];
    default:
      return undefined;
  }
}

/** PHP's arrays are lists and maps alike; `[]` is an empty one of either. */
function accepts(type: string, kind: string): boolean {
  if (type === 'object' || type === 'array') return kind === 'list' || kind === 'map';
  if (type === 'number' || type === 'float') return kind === 'integer' || kind === 'number';
  return type === kind || (type === 'bool' && kind === 'boolean') || (type === 'int' && kind === 'integer');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

interface WrongValue extends TypedValue {
  readonly setting: string;
  readonly declared: KnownSetting;
}

function wrongType({ setting, declared, key, value, at }: WrongValue): Diagnostic {
  const expected = (wantedTypes(declared) ?? []).map(spoken).join(' or ');
  const shown = JSON.stringify(value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value);
  const where = key === undefined ? '' : ` for ${key}`;
  return {
    code: 'config/wrong-type',
    message: `${setting}${where} is ${spoken(kindOf(value))} (${shown.length > 60 ? `${shown.slice(0, 57)}...` : shown}); expected ${expected}`,
    hint: declared.from === 'core' ? 'MediaWiki declares it so' : `its default in ${declared.from} says so`,
    exit: 'failed',
    ...(at === undefined ? {} : { at: at() }),
  };
}

const SPOKEN: Readonly<Record<string, string>> = {
  object: 'a map',
  map: 'a map',
  array: 'a list or a map',
  list: 'a list',
  string: 'a text',
  number: 'a number',
  float: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function spoken(type: string): string {
  return SPOKEN[type] ?? type;
}

function unknownSetting(bundle: CheckedSource, setting: string, names: readonly string[]): Diagnostic {
  const near = nearest(setting, names);
  const at = bundle.settings.origins.get(setting);
  return {
    code: 'config/unknown-setting',
    message: `nothing declares ${setting}`,
    hint: near === undefined ? 'is its extension in the image?' : `did you mean ${near}?`,
    ...(at === undefined ? {} : { at }),
  };
}

function namesInPhp({ files }: CheckedSource): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [path, data] of files) {
    if (!path.startsWith('overlays/') || !path.endsWith('.php')) continue;
    for (const [name] of Buffer.from(data)
      .toString('latin1')
      .matchAll(/\bwg[A-Z]\w*/g))
      names.add(name);
  }
  return names;
}
