/**
 * YAML that keeps where each value was typed: parse, check against a zod schema, and point every mistake (syntax,
 * duplicate key, unknown key, wrong type) at file:line:col.
 */
import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument, visit, type Alias, type Document } from 'yaml';
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
  try {
    return parseYaml(file, await readFile(file, 'utf8'), schema);
  } catch (cause) {
    const missing = systemCodeOf(cause) === 'ENOENT';
    return fail({
      code: missing ? 'yaml/no-file' : 'yaml/unreadable',
      message: missing ? `there is no ${file}` : `can't read ${file}: ${messageOf(cause)}`,
    });
  }
}

export function parseYaml<T>(file: string, text: string, schema: z.ZodType<T>): Outcome<YamlDocument<T>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const places = placesOf({ file, document, lines });
  const syntax = syntaxDiagnostics(text, { errors: document.errors, places });
  if (syntax.length > 0) return settle(undefined as never, syntax);
  const plain = toPlain(document, places);
  if (!plain.ok) return plain;
  const checked = schema.safeParse(plain.value, { reportInput: true });
  return checked.success
    ? ok({ file, value: checked.data, at: places.valueAt, keyAt: places.keyAt })
    : settle(undefined as never, issueDiagnostics(checked.error.issues, { schema, ...places }));
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
function toPlain(document: Document.Parsed, places: Places): Outcome<unknown> {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_key, alias) => void aliases.push(alias) });
  const lost = aliases.filter((alias) => alias.resolve(document) === undefined);
  const [first, ...others] = lost.map((alias) => unknownAlias(alias, places));
  if (first !== undefined) return fail(first, ...others);
  try {
    return ok(document.toJS({ maxAliasCount: 100 }) as unknown);
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

function unknownAlias(alias: Alias, places: Places): Diagnostic {
  return {
    code: 'yaml/unknown-alias',
    message: `no anchor &${alias.source} before this alias`,
    hint: `write &${alias.source} before the value that is meant, or write the value here`,
    at: places.nodeAt(alias),
  };
}
