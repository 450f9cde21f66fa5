import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf, keyRows } from '../../../docs/generator/json-schema.ts';
import { schemaDocs } from '../../../docs/generator/schema-docs.ts';

const source = `
import { z } from 'zod';
const item = z.strictObject({
  /** Where it is
   *  fetched from. */
  url: z.string(),
});
const shape = {
  /** Known. */
  known: z.string().optional(),
};
/** Not shown: the root's own. */
export const schema = z.strictObject({
  /** How many. */
  count: z.int().min(1).default(3),
  list: z.array(item).default([]),
  /** By name. */
  named: z.record(z.string(), z.strictObject({
    /** Deep inside. */
    deep: z.enum(['a', 'b']).optional(),
  })),
  /** Few known, any other. */
  open: z.object(shape).catchall(z.strictObject(shape)).default({}),
});`;

const shape = { known: z.string().optional() };
const schema = z.strictObject({
  count: z.int().min(1).default(3),
  list: z.array(z.strictObject({ url: z.string() })).default([]),
  named: z.record(z.string(), z.strictObject({ deep: z.enum(['a', 'b']).optional() })),
  open: z.object(shape).catchall(z.strictObject(shape)).default({}),
});

it("shows each key with its type, its default and its comment from the schema's source", () => {
  const folder = mkdtempSync(join(tmpdir(), 'mwpipe-docs-'));
  const file = join(folder, 'schema.ts');
  writeFileSync(file, source);
  const rows = keyRows(jsonSchemaOf(schema, schemaDocs(file, 'schema')));
  rmSync(folder, { recursive: true });
  expect(rows.map((row) => Object.values(row).join(' | '))).toEqual([
    'count | integer, ≥ 1 | `3` | How many.',
    'list | list of section | `[]` | ',
    'list[].url | string | required | Where it is fetched from.',
    'named | map | required | By name.',
    'named.NAME | section |  | ',
    'named.NAME.deep | `"a"`, `"b"` |  | Deep inside.',
    'open | map |  | Few known, any other.',
    'open.known | string |  | Known.',
    'open.NAME | section |  | ',
    'open.NAME.known | string |  | Known.',
  ]);
});
