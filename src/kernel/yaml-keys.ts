/** The keys that a schema knows somewhere inside: what a misspelt one may have meant. */
import type { z } from 'zod';

export type YamlPath = readonly (string | number)[];

/** Empty where it can't be told. */
export function knownKeys(schema: z.ZodType, path: YamlPath): string[] {
  let here: readonly unknown[] = membersOf(schema);
  for (const part of path) here = here.flatMap((one) => membersOf(step(one, part)));
  return [...new Set(here.flatMap((one) => keysOf(field(one, 'shape'))))];
}

function step(schema: unknown, part: string | number): unknown {
  const shape = field(schema, 'shape');
  if (typeof shape === 'object' && shape !== null) {
    return field(shape, String(part)) ?? field(field(schema, 'def'), 'catchall');
  }
  return field(schema, 'element') ?? field(schema, 'valueType');
}

/** What stands inside defaults, optionals and pipes; of a union, every member. */
function membersOf(schema: unknown): unknown[] {
  const definition = field(schema, 'def');
  const inner = field(definition, 'innerType') ?? field(definition, 'in');
  if (inner !== undefined) return membersOf(inner);
  const options = field(definition, 'options');
  return Array.isArray(options) ? options.flatMap(membersOf) : [schema];
}

function keysOf(shape: unknown): string[] {
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
