/**
 * YAML that keeps where each value was typed: parse, check against a zod schema, and point every mistake (syntax,
 * duplicate key, unknown key, wrong type) at file:line:col.
 */
import { readFile } from 'node:fs/promises';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import type { Diagnostic, SourceRange } from './diagnostic.ts';
import { quote } from './diagnostic.ts';
import { messageOf, systemCodeOf } from './error.ts';
import { nearest } from './nearest.ts';
import { fail, ok, settle, type Outcome } from './outcome.ts';

export type YamlPath = readonly (string | number)[];

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
  const syntax = document.errors.map((error): Diagnostic => {
    const [start, end] = error.pos;
    return {
      code: error.code === 'DUPLICATE_KEY' ? 'yaml/duplicate-key' : 'yaml/syntax',
      message: error.message.split('\n')[0] ?? error.message,
      hint: error.code === 'DUPLICATE_KEY' ? 'keep one of the two' : 'see https://yaml.org/spec/1.2.2/',
      at: places.range(start, end),
    };
  });
  if (syntax.length > 0) return settle(undefined as never, syntax);
  const checked = schema.safeParse(toPlain(document));
  if (!checked.success) {
    return settle(
      undefined as never,
      checked.error.issues.flatMap((issue) => diagnosticsOf(issue, { places, schema })),
    );
  }
  return ok({ file, value: checked.data, at: places.valueAt, keyAt: places.keyAt });
}

/** An alias bomb expands to an error, not to all memory. */
function toPlain(document: Document.Parsed): unknown {
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

interface Places {
  readonly range: (start: number, end: number) => SourceRange;
  readonly valueAt: (path: YamlPath) => SourceRange;
  readonly keyAt: (path: YamlPath) => SourceRange;
}

function placesOf(source: { file: string; document: Document.Parsed; lines: LineCounter }): Places {
  const range = (start: number, end: number): SourceRange => {
    const from = source.lines.linePos(start);
    const to = source.lines.linePos(Math.max(start, end));
    const length = to.line === from.line ? Math.max(1, to.col - from.col) : 1;
    return { file: source.file, line: Math.max(1, from.line), column: Math.max(1, from.col), length };
  };
  const rangeOf = (node: Node | null | undefined): SourceRange | undefined => {
    const place = node?.range;
    return place === undefined || place === null ? undefined : range(place[0], place[1]);
  };
  const valueAt = (path: YamlPath): SourceRange => {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node = depth === 0 ? source.document.contents : source.document.getIn(path.slice(0, depth), true);
      const place = rangeOf(node as Node | null | undefined);
      if (place !== undefined) return place;
    }
    return { file: source.file, line: 1, column: 1, length: 1 };
  };
  const keyAt = (path: YamlPath): SourceRange => {
    const parent = path.length === 1 ? source.document.contents : source.document.getIn(path.slice(0, -1), true);
    const key = path.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      const place = rangeOf(pair?.key as Node | undefined);
      if (place !== undefined) return place;
    }
    return isSeq(parent) ? valueAt(path) : valueAt(path.slice(0, -1));
  };
  return { range, valueAt, keyAt };
}

function diagnosticsOf(issue: z.core.$ZodIssue, context: { places: Places; schema: z.ZodType }): Diagnostic[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code !== 'unrecognized_keys') {
    const where = path.length === 0 ? 'this file' : quote(path.join('.'));
    return [{ code: 'yaml/wrong-value', message: `${where}: ${issue.message}`, at: context.places.valueAt(path) }];
  }
  const known = knownKeys(context.schema, path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const hint =
      near === undefined
        ? known.length === 0
          ? 'remove it'
          : `known here: ${known.join(', ')}`
        : `did you mean ${near}?`;
    return {
      code: 'yaml/unknown-key',
      message: `unknown key ${quote(key)}`,
      hint,
      at: context.places.keyAt([...path, key]),
    };
  });
}

/** The keys that the schema knows at `path`, for a hint; empty where it can't be told. */
function knownKeys(schema: z.ZodType, path: YamlPath): string[] {
  let here: unknown = schema;
  for (const part of path) here = step(unwrap(here), part);
  const shape = field(unwrap(here), 'shape');
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

function step(schema: unknown, part: string | number): unknown {
  const shape = field(schema, 'shape');
  if (typeof shape === 'object' && shape !== null) return field(shape, String(part));
  return field(schema, 'element') ?? field(schema, 'valueType');
}

function unwrap(schema: unknown): unknown {
  let here = schema;
  while (typeof here === 'object' && here !== null) {
    const inner = field(field(here, 'def'), 'innerType') ?? field(field(here, 'def'), 'in');
    if (inner === undefined) return here;
    here = inner;
  }
  return here;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
