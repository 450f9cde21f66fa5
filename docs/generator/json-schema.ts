/** A zod schema as JSON Schema, with the comments of its source, and as rows of a table. */
import { z } from 'zod';
import type { SchemaDocs } from './schema-docs.ts';

/** The part of JSON Schema that zod writes and our files use. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

export function jsonSchemaOf(schema: z.ZodType, docs: SchemaDocs): JsonSchema {
  const options = { io: 'input', unrepresentable: 'any', override: dropSafeBounds } as const;
  return described(z.toJSONSchema(schema, options) as JsonSchema, docs);
}

/** `z.int()` says the bounds of JavaScript's integers, which tell a reader nothing. */
function dropSafeBounds({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function described(schema: JsonSchema, docs: SchemaDocs): JsonSchema {
  const { properties, additionalProperties, items, anyOf, oneOf } = schema;
  const under = (one: JsonSchema): JsonSchema => described(one, without(docs));
  return {
    ...(docs.doc === undefined ? {} : { description: docs.doc }),
    ...schema,
    ...(properties === undefined ? {} : { properties: describedKeys(properties, docs) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: described(additionalProperties, docs.element ?? {}) }
      : {}),
    ...(items === undefined ? {} : { items: described(items, docs.element ?? {}) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(under) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(under) }),
  };
}

function describedKeys(properties: Readonly<Record<string, JsonSchema>>, docs: SchemaDocs): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, described(value, docs.keys?.get(key) ?? {})]),
  );
}

function without({ keys, element }: SchemaDocs): SchemaDocs {
  return { ...(keys === undefined ? {} : { keys }), ...(element === undefined ? {} : { element }) };
}

export interface KeyRow {
  readonly key: string;
  readonly type: string;
  readonly presence: string;
  readonly meaning: string;
}

/** Each key that can be written, with its path: `targets.NAME.rollout.steps`. */
export function keyRows(schema: JsonSchema, path = ''): KeyRow[] {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return uniqueRows(variants.flatMap((variant) => keyRows(variant, path)));
  if (schema.items !== undefined) return keyRows(schema.items, `${path}[]`);
  const { additionalProperties } = schema;
  const named = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => rowsOf(schema, { path, key, value }));
  if (typeof additionalProperties !== 'object') return named;
  return [...named, ...rowsOf(schema, { path, key: 'NAME', value: additionalProperties })];
}

function rowsOf(parent: JsonSchema, entry: { path: string; key: string; value: JsonSchema }): KeyRow[] {
  const { path, key, value } = entry;
  const here = path === '' ? key : `${path}.${key}`;
  const meaning = [value.description ?? '', key === 'NAME' ? namePattern(parent) : ''].filter((text) => text !== '');
  const own = {
    key: here,
    type: typeText(value),
    presence: presenceOf(parent, { key, value }),
    meaning: meaning.join(' '),
  };
  return [own, ...keyRows(value, here)];
}

function namePattern(parent: JsonSchema): string {
  const pattern = parent.propertyNames?.pattern;
  return pattern === undefined ? '' : `NAME matches \`${pattern}\`.`;
}

function presenceOf(parent: JsonSchema, { key, value }: { key: string; value: JsonSchema }): string {
  if (value.default !== undefined) return isEmptyObject(value.default) ? '' : `\`${JSON.stringify(value.default)}\``;
  return parent.required?.includes(key) === true ? 'required' : '';
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function typeText(schema: JsonSchema): string {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return [...new Set(variants.map(typeText))].join(' or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  if (schema.type === 'object') return typeof schema.additionalProperties === 'object' ? 'map' : 'section';
  return [schema.type ?? 'anything', ...bounds(schema)].join(', ');
}

function bounds(schema: JsonSchema): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern } = schema;
  return [
    ...(minimum === undefined ? [] : [`≥ ${String(minimum)}`]),
    ...(exclusiveMinimum === undefined ? [] : [`> ${String(exclusiveMinimum)}`]),
    ...(maximum === undefined ? [] : [`≤ ${String(maximum)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`< ${String(exclusiveMaximum)}`]),
    ...(pattern === undefined ? [] : [`matching \`${pattern}\``]),
  ];
}

function uniqueRows(rows: readonly KeyRow[]): KeyRow[] {
  return [...new Map(rows.map((row) => [row.key, row])).values()];
}
