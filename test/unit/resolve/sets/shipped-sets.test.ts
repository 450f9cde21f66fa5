import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readSet } from '../../../../src/resolve/sets/extension-set.ts';
import { told } from '../../../worlds/sets.ts';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
const root = join(import.meta.dirname, '../../../..');
const gerrit = 'https://gerrit.wikimedia.org/r/mediawiki/';

async function shipped(name: string) {
  const set = await readSet(root, name);
  if (!set.ok) throw new Error(told(set).join('\n'));
  return set.value;
}

it.each([
  ['demo', 14],
  ['tarball', 39],
  ['wikimedia-production', 196],
  ['wikimedia-gate', 68],
])('ships %s with %i components, one mistake in none, and a schema that an editor finds', async (name, components) => {
  const set = await shipped(name);
  expect(set.components).toHaveLength(components);
  const text = readFileSync(join(root, 'extension-sets', `${name}.yaml`), 'utf8');
  const link = /^# yaml-language-server: \$schema=(.+)\n/.exec(text)?.[1] ?? '';
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(root, 'extension-sets', link), 'utf8')) as JsonSchema);
  expect(schema.safeParse(parse(text)).error).toBeUndefined();
  expect(schema.safeParse({ version: 1, compnents: [] }).success).toBe(false);
});

it("takes Wikimedia's sets from Wikimedia's Gerrit, a train's branch before master", async () => {
  const production = await shipped('wikimedia-production');
  const urls = new Map(production.components.map(({ name, url }) => [name, url]));
  expect([urls.get('core'), urls.get('vendor'), urls.get('Wikidata.org'), urls.get('skins/Vector')]).toEqual([
    `${gerrit}core`,
    `${gerrit}vendor`,
    `${gerrit}extensions/Wikidata.org`,
    `${gerrit}skins/Vector`,
  ]);
  expect(production.branches.map(({ template }) => template)).toEqual(['wmf/{train}', 'master']);
  expect((await shipped('wikimedia-gate')).branches.map(({ template }) => template)).toEqual(['master']);
});

it('has all of the gate in production but Interwiki', async () => {
  const production = new Set((await shipped('wikimedia-production')).components.map(({ name }) => name));
  const gate = (await shipped('wikimedia-gate')).components.map(({ name }) => name);
  expect(gate.filter((name) => !production.has(name))).toEqual(['Interwiki']);
});
