/**
 * YAML that keeps where each value was typed: parse, check against a zod schema, and point every mistake (syntax,
 * duplicate key, unknown key, wrong type) at file:line:col.
 */
import { readFile } from 'node:fs/promises';
import { isScalar, LineCounter, parseDocument, visit, type Alias, type Document, type Scalar } from 'yaml';
import type { z } from 'zod';
import type { Diagnostic, SourceRange } from './diagnostic.ts';
import { quote } from './diagnostic.ts';
import { messageOf, systemCodeOf } from './error.ts';
import { fail, ok, settle, type Outcome } from './outcome.ts';
import { issueDiagnostics } from './yaml-issues.ts';
import type { YamlPath } from './yaml-keys.ts';
import { placesOf, type Places } from './yaml-places.ts';

export type { YamlPath } from './yaml-keys.ts';

export interface YamlDocument<T> {
  readonly file: string;
  readonly value: T;
  /** Where the value at `path` stands; its nearest known ancestor where the path isn't in the file. */
  readonly at: (path: YamlPath) => SourceRange;
  /** Where the key that ends `path` stands. */
  readonly keyAt: (path: YamlPath) => SourceRange;
}

export async function readYaml<T>(file: string, schema: z.ZodType<T>): Promise<Outcome<YamlDocument<T>>> {
  const text = await readText(file);
  return text.ok ? parseYaml(file, text.value, schema) : text;
}

/** Maps come as `Map`, in the order and with the keys that were typed: objects would put integers first. */
export async function readYamlMaps(file: string): Promise<Outcome<YamlDocument<unknown>>> {
  const text = await readText(file);
  return text.ok ? parseYamlMaps(file, text.value) : text;
}

async function readText(file: string): Promise<Outcome<string>> {
  try {
    return ok(await readFile(file, 'utf8'));
  } catch (cause) {
    const missing = systemCodeOf(cause) === 'ENOENT';
    return fail({
      code: missing ? 'yaml/no-file' : 'yaml/unreadable',
      message: missing ? `there is no ${file}` : `can't read ${file}: ${messageOf(cause)}`,
    });
  }
}

export function parseYaml<T>(file: string, text: string, schema: z.ZodType<T>): Outcome<YamlDocument<T>> {
  const parsed = parseText(file, text, { maps: false });
  if (!parsed.ok) return parsed;
  const { plain, places } = parsed.value;
  const checked = schema.safeParse(plain, { reportInput: true });
  return checked.success
    ? ok({ file, value: checked.data, at: places.valueAt, keyAt: places.keyAt })
    : settle(undefined as never, issueDiagnostics(checked.error.issues, { schema, ...places }));
}

/** As readYamlMaps. */
export function parseYamlMaps(file: string, text: string): Outcome<YamlDocument<unknown>> {
  const parsed = parseText(file, text, { maps: true });
  if (!parsed.ok) return parsed;
  const { plain, places } = parsed.value;
  return ok({ file, value: plain, at: places.valueAt, keyAt: places.keyAt });
}

interface ParsedText {
  readonly plain: unknown;
  readonly places: Places;
}

function parseText(file: string, text: string, { maps }: { readonly maps: boolean }): Outcome<ParsedText> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const places = placesOf({ file, document, lines });
  const syntax = syntaxDiagnostics(text, { errors: document.errors, places });
  if (syntax.length > 0) return settle(undefined as never, syntax);
  const plain = toPlain(document, { text, places, maps });
  return plain.ok ? ok({ plain: plain.value, places }) : plain;
}

interface SyntaxMistake {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** Every duplicate key, and the first of the others: what follows it is most often its echo. */
function syntaxDiagnostics(
  text: string,
  { errors, places }: { readonly errors: readonly SyntaxMistake[]; readonly places: Places },
): Diagnostic[] {
  const duplicates = errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  return [
    ...duplicates.map((error) => duplicateKey(text, { at: error.pos[0], places })),
    ...(first === undefined ? [] : [syntaxError(first, places)]),
  ];
}

function duplicateKey(text: string, { at, places }: { readonly at: number; readonly places: Places }): Diagnostic {
  const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^:\n]+)/.exec(text.slice(at, at + 200))?.[0].trim() ?? '';
  return {
    code: 'yaml/duplicate-key',
    message: `${quote(key.replaceAll(/^["']|["']$/g, ''))} is here twice`,
    hint: 'keep one of the two',
    at: places.range(at, at + key.length),
  };
}

function syntaxError(error: SyntaxMistake, places: Places): Diagnostic {
  const several = error.code === 'MULTIPLE_DOCS';
  return {
    code: 'yaml/syntax',
    message: several ? 'a second document begins here' : (error.message.split('\n')[0] ?? error.message),
    hint: several ? 'keep one: a line of --- begins another' : 'see https://yaml.org/spec/1.2.2/',
    at: places.range(...error.pos),
  };
}

/** As plain data; an alias without its anchor, and aliases of aliases that would fill all memory, are mistakes. */
function toPlain(
  document: Document.Parsed,
  { text, places, maps }: { readonly text: string; readonly places: Places; readonly maps: boolean },
): Outcome<unknown> {
  const { aliases, forbidden } = remarkableNodes(document, text);
  const lost = aliases.filter((alias) => alias.resolve(document) === undefined);
  const [first, ...others] = [
    ...lost.map((alias) => unknownAlias(alias, places)),
    ...(maps ? [] : forbidden.map((key) => forbiddenKey(key, places))),
  ];
  if (first !== undefined) return fail(first, ...others);
  try {
    return ok(document.toJS({ maxAliasCount: 100, mapAsMap: maps }) as unknown);
  } catch {
    const last = aliases.at(-1);
    return fail({
      code: 'yaml/too-many-aliases',
      message: 'aliases of aliases stand for too many values',
      hint: 'write the values that are needed',
      at: last === undefined ? places.valueAt([]) : places.nodeAt(last),
    });
  }
}

/** Aliases, and keys that objects treat apart; most files have neither, and to visit a large one takes time. */
function remarkableNodes(document: Document.Parsed, text: string): { aliases: Alias[]; forbidden: Scalar[] } {
  const aliases: Alias[] = [];
  const forbidden: Scalar[] = [];
  if (!/[*\\]|__proto__/.test(text)) return { aliases, forbidden };
  visit(document, {
    Alias: (_key, alias) => void aliases.push(alias),
    Pair: (_key, { key }) => {
      if (isScalar(key) && key.value === '__proto__') forbidden.push(key);
    },
  });
  return { aliases, forbidden };
}

/** Schemas would pass over it in silence. */
function forbiddenKey(key: Scalar, places: Places): Diagnostic {
  return { code: 'yaml/unknown-key', message: 'unknown key "__proto__"', at: places.nodeAt(key) };
}

function unknownAlias(alias: Alias, places: Places): Diagnostic {
  return {
    code: 'yaml/unknown-alias',
    message: `no anchor &${alias.source} before this alias`,
    hint: `write &${alias.source} before the value that is meant, or write the value here`,
    at: places.nodeAt(alias),
  };
}
