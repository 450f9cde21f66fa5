import { expect, it } from 'vitest';
import { parseManifest } from '../../../../src/resolve/manifests/manifest.ts';

const read = (text: string) =>
  parseManifest({ kind: 'extension', file: 'Thanks@1a2b3c4:extension.json', content: Buffer.from(text) });
const said = (text: string) => {
  const manifest = read(text);
  return manifest.ok ? manifest.value.said : manifest.diagnostics.map(({ message, at }) => [message, at?.line]);
};

it('reads the name that is registered, the version and what is required', () => {
  const requires = { MediaWiki: '>= 1.43', platform: { php: '>= 8.1', 'ability-shell': true }, skins: { Vector: '*' } };
  expect(said(JSON.stringify({ name: 'Abuse Filter', version: '1.0', requires, Hooks: {} }))).toEqual({
    registered: 'Abuse Filter',
    version: '1.0',
    requires,
  });
});

it('takes an empty list for an empty object, and a number for a version, as PHP does', () => {
  expect(said('{"name": "A", "version": 1.5, "requires": {"extensions": []}}')).toEqual({
    registered: 'A',
    version: '1.5',
    requires: { extensions: {} },
  });
  expect(said('{"name": "A", "requires": []}')).toEqual({ registered: 'A', requires: {} });
});

it('tells every mistake, each in its line', () => {
  expect(said('{\n"name": 5,\n"requires": {\n"extension": {},\n"skins": ["Vector"]\n}\n}')).toEqual([
    [expect.stringContaining('"name"'), 2],
    [expect.stringContaining('"requires.skins"'), 5],
    [expect.stringContaining('"requires.extension"'), 4],
  ]);
});

it('refuses what is no object', () => {
  for (const text of ['[]', '"A"', 'null', '1'])
    expect(said(text)).toEqual([[expect.stringContaining('this file'), 1]]);
});

it('keeps a required name that JavaScript knows', () => {
  const manifest = read('{"name": "A", "requires": {"extensions": {"constructor": "*", "toString": "*"}}}');
  const names = manifest.ok ? Object.keys(manifest.value.said.requires?.extensions ?? {}) : [];
  expect(names).toEqual(['constructor', 'toString']);
});

it("reads core's version", () => {
  const core = (text: string) => parseManifest({ kind: 'core', file: 'core', content: Buffer.from(text) });
  expect(core("<?php\ndefine( 'MW_VERSION', '1.43.0-wmf.1' );")).toMatchObject({
    ok: true,
    value: { said: { version: '1.43.0-wmf.1' } },
  });
  expect(core('<?php')).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/no-core-version' }] });
});
