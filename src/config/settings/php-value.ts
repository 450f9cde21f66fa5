/**
 * The values that a settings.yaml can give: PHP's, with its arrays. From YAML, where every mistake is shown where it was
 * typed: a number that would lose digits, a key that is there twice in PHP's eyes (1 and "1"), what is no plain data.
 */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { YamlDocument, YamlPath } from '../../kernel/yaml-document.ts';
import { secretOf, type Secret } from './secret-reference.ts';

/** A list has the keys 0, 1, 2 ...; a map keeps its order. Keys such as "7" are PHP's integers. */
export type PhpArray = readonly PhpValue[] | PhpMap;
export type PhpMap = ReadonlyMap<string, PhpValue>;
export type PhpValue = null | boolean | number | string | Secret | PhpArray;

export function isPhpArray(value: PhpValue): value is PhpArray {
  return Array.isArray(value) || value instanceof Map;
}

interface Place {
  readonly document: YamlDocument<unknown>;
  readonly path: YamlPath;
}

/** Mistakes are added to `wrong`; what they leave is no value to use. */
export function phpValueOf(value: unknown, place: Place, wrong: Diagnostic[]): PhpValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return phpTextOf(value, place, wrong);
  if (typeof value === 'number') return phpNumberOf(value, place, wrong);
  if (Array.isArray(value)) return value.map((item, index) => phpValueOf(item, inside(place, index), wrong));
  if (value instanceof Map) return phpMapOf(value, place, wrong);
  return bad(
    { message: 'this is no plain data', hint: 'write text, a number, true, false, a list or a map' },
    place,
    wrong,
  );
}

/** `$secret:` is how a bundle writes a reference: nobody else may. */
function phpTextOf(value: string, place: Place, wrong: Diagnostic[]): PhpValue {
  return value.startsWith('$secret:')
    ? bad({ message: 'a text can’t begin with $secret:', hint: SECRET_FORM }, place, wrong)
    : value;
}

function phpNumberOf(value: number, place: Place, wrong: Diagnostic[]): PhpValue {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const message = `${value} is beyond 2^53: its last digits are lost in YAML`;
  return bad({ message, hint: 'write it in quotes' }, place, wrong);
}

function phpMapOf(value: ReadonlyMap<unknown, unknown>, place: Place, wrong: Diagnostic[]): PhpValue {
  const secret = secretOf(value);
  if (typeof secret === 'object') return secret;
  if (secret !== undefined) return bad({ message: secret, hint: SECRET_FORM }, place, wrong);
  const map = new Map<string, PhpValue>();
  for (const [typed, inner] of value) {
    const at = inside(place, typed as string);
    const key = keyOf(typed);
    if (key === undefined || map.has(key)) wrong.push(badKey(typed, { twice: key !== undefined, at }));
    else map.set(key, phpValueOf(inner, at, wrong));
  }
  return map;
}

const SECRET_FORM = 'write { $secret: NAME }, and "required: false" beside it where the wiki can do without';

/** What YAML reads as a number, true or null is a word where it is a key; `<<` adds nothing in YAML 1.2. */
function keyOf(typed: unknown): string | undefined {
  if (typed === '<<') return undefined;
  if (typeof typed === 'string') return typed;
  if (typeof typed === 'number' || typeof typed === 'boolean') return String(typed);
  return typed === null ? '' : undefined;
}

function badKey(typed: unknown, { twice, at }: { readonly twice: boolean; readonly at: Place }): Diagnostic {
  const shown = keyOf(typed) === undefined && typed !== '<<' ? 'a list or a map' : quote(keyOf(typed) ?? '<<');
  return {
    code: 'config/bad-value',
    message: twice ? `the key ${shown} is here twice: PHP takes 1 and "1" for one` : `${shown} is no key`,
    hint: twice ? 'keep one of the two' : typed === '<<' ? 'YAML 1.2 merges no maps: write the keys' : 'write text',
    at: at.document.keyAt(at.path),
  };
}

function bad(
  { message, hint }: { readonly message: string; readonly hint: string },
  { document, path }: Place,
  wrong: Diagnostic[],
): null {
  wrong.push({ code: 'config/bad-value', message, hint, at: document.at(path) });
  return null;
}

function inside({ document, path }: Place, step: string | number): Place {
  return { document, path: [...path, step] };
}
