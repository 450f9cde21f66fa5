import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSet } from '../../../../src/resolve/sets/extension-set.ts';

async function workspace(sets: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-sets-'));
  await mkdir(join(root, 'extension-sets'));
  for (const [name, text] of Object.entries(sets)) await writeFile(join(root, 'extension-sets', `${name}.yaml`), text);
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** `CODE line:column message | hint` of each. */
async function mistakes(sets: Readonly<Record<string, string>>, name = 'a'): Promise<string[]> {
  await using world = await workspace(sets);
  const set = await readSet(world.root, name);
  if (set.ok) return [];
  return set.diagnostics.map(({ code, message, hint, at }) => {
    const place = at === undefined ? '-' : `${at.file.replace(/.*\//, '')}:${at.line}:${at.column}`;
    return `${code} ${place} ${message} | ${hint ?? ''}`;
  });
}

const HEAD = 'version: 1\nbranches: [master]\nsources: { extension: "https://e/{name}", skin: "https://s/{name}" }\n';

it('knows kind, mount path and url by the short name, and keeps where it was typed', async () => {
  await using world = await workspace({
    a: `${HEAD}components:\n  - Cite\n  - skins/Vector\n  - { name: Echo, tag: "1.0" }\n`,
  });
  const set = await readSet(world.root, 'a');
  expect(set.ok && set.value.components).toEqual([
    { name: 'Cite', kind: 'extension', path: 'extensions/Cite', url: 'https://e/Cite', ...place(5, 5, 4) },
    { name: 'skins/Vector', kind: 'skin', path: 'skins/Vector', url: 'https://s/Vector', ...place(6, 5, 12) },
    {
      name: 'Echo',
      kind: 'extension',
      path: 'extensions/Echo',
      url: 'https://e/Echo',
      pin: { kind: 'tag', name: '1.0' },
      ...place(7, 13, 4),
    },
  ]);
  function place(line: number, column: number, length: number) {
    const at = { file: join(world.root, 'extension-sets/a.yaml'), line, column, length };
    return { at, origin: { set: 'a', at, via: [] } };
  }
});

it('puts its own variables, branches and pins before those of the sets that it extends', async () => {
  await using world = await workspace({
    base: `${HEAD}variables: { train: old, release: "1" }\ncomponents: [Cite, Echo]\n`,
    a: 'version: 1\nextends: [base]\nvariables: { train: new }\ncomponents: [{ name: Echo, branch: dev }, Thanks]\n',
  });
  const set = await readSet(world.root, 'a');
  expect(set).toMatchObject({
    ok: true,
    value: { variables: { train: 'new', release: '1' }, branches: [{ template: 'master' }] },
  });
  expect(set.ok && set.value.components.map(({ name, pin }) => [name, pin?.name])).toEqual([
    ['Cite', undefined],
    ['Echo', 'dev'],
    ['Thanks', undefined],
  ]);
});

it('names an extension that is listed twice', async () => {
  expect(await mistakes({ a: `${HEAD}components:\n  - Cite\n  - Echo\n  - Cite\n` })).toEqual([
    'resolve/listed-twice a.yaml:7:5 "Cite" is listed twice, first in line 5 | remove one of the two',
  ]);
});

it('names unknown and duplicate keys', async () => {
  expect(await mistakes({ a: `${HEAD}component:\n  - Cite\n` })).toEqual([
    'yaml/unknown-key a.yaml:4:1 unknown key "component" | did you mean components?',
  ]);
  expect(await mistakes({ a: `${HEAD}branches: [main]\n` })).toEqual([
    'yaml/duplicate-key a.yaml:4:1 "branches" is here twice | keep one of the two',
  ]);
});

it('tells all mistakes of one file at once', async () => {
  const components = 'components:\n  - ../etc\n  - { name: Cite, tag: "1", branch: b }\n  - core\n';
  expect(await mistakes({ a: HEAD + components })).toEqual([
    'resolve/wrong-component a.yaml:5:5 "../etc" is no name of a component | write core, vendor, an extension as Cite, a skin as skins/Vector',
    'resolve/wrong-component a.yaml:6:13 "Cite" is pinned to a branch and to a tag | keep one of them',
    'resolve/no-source a.yaml:7:5 the set does not say where "core" comes from | add under sources: core: https://.../{name}',
  ]);
});

it('points at a set that is not there and at a circle', async () => {
  expect(await mistakes({ demo: HEAD }, 'dmeo')).toEqual([
    'resolve/unknown-set - there is no extension set "dmeo" | did you mean demo?',
  ]);
  expect(await mistakes({ a: 'version: 1\nextends: [bse]\n', base: HEAD })).toEqual([
    'resolve/unknown-set a.yaml:2:11 there is no extension set "bse" | did you mean base?',
  ]);
  expect(await mistakes({ a: 'version: 1\nextends: [b]\n', b: 'version: 1\nextends: [a]\n' })).toEqual([
    'resolve/set-cycle b.yaml:2:11 a extends b extends a: a circle | remove one of them',
  ]);
});
