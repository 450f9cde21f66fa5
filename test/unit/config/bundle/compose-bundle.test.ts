/** From overlays to a bundle: the same files give the same hash, and a mistake is shown where it was typed. */
import { symlink, utimes } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { mistakesOf, overlayWorld, valueOf } from '../../../worlds/overlays.ts';

const text = (data: Uint8Array | undefined): string => Buffer.from(data ?? []).toString('utf8');

it('gives the same files the same hash, wherever and whenever they were written', async () => {
  const files = { 'demo/settings.yaml': 'wgSitename: { default: A }\n', 'demo/CommonSettings.php': '<?php\n' };
  await using here = await overlayWorld(files);
  await using there = await overlayWorld(files);
  await utimes(there.file('demo/CommonSettings.php'), 1, 1);
  const bundle = valueOf(await here.compose('demo'));
  expect(valueOf(await there.compose('demo')).hash).toBe(bundle.hash);
  expect(bundle.hash).toMatch(/^[0-9a-f]{64}$/);
});

it('gives one changed byte another hash', async () => {
  await using world = await overlayWorld({ 'demo/CommonSettings.php': '<?php\n' });
  const before = valueOf(await world.compose('demo')).hash;
  await world.write('demo/CommonSettings.php', '<?php\n\n');
  expect(valueOf(await world.compose('demo')).hash).not.toBe(before);
});

it('keeps raw PHP as it is, in a folder of its overlay', async () => {
  await using world = await overlayWorld({
    'demo/CommonSettings.php': '<?php /* ' + '"\' */',
    'demo/db/x.php': '<?php',
  });
  const { files } = valueOf(await world.compose('demo'));
  expect(text(files.get('overlays/demo/CommonSettings.php'))).toBe('<?php /* ' + '"\' */');
  expect([...files.keys()]).toContain('overlays/demo/db/x.php');
});

it("requires each overlay's CommonSettings.php in the order in which they stack", async () => {
  await using world = await overlayWorld({
    'base/CommonSettings.php': '<?php',
    'site/mwpipe.overlay.yaml': 'description: x\nowner: y\nextends: [base]\nload: [b.php, a.php]\n',
    'site/a.php': '<?php',
    'site/b.php': '<?php',
  });
  const { files, overlays } = valueOf(await world.compose('site'));
  expect(overlays).toEqual(['base', 'site']);
  const required = text(files.get('LocalSettings.php')).match(/overlays\/[\w./]+/g);
  expect(required).toEqual(['overlays/base/CommonSettings.php', 'overlays/site/b.php', 'overlays/site/a.php']);
});

it('serves the static files of all overlays from one place', async () => {
  await using world = await overlayWorld({ 'base/static/a.svg': 'a', 'site/static/b.svg': 'b' });
  expect([...valueOf(await world.compose('base', 'site')).files.keys()]).toEqual(
    expect.arrayContaining(['static/a.svg', 'static/b.svg']),
  );
});

it.each([
  [
    'a key twice',
    { 'demo/settings.yaml': 'wgA: { default: 1 }\nwgA: { default: 2 }\n' },
    'yaml/duplicate-key demo/settings.yaml:2:1',
  ],
  ['broken YAML', { 'demo/settings.yaml': 'wgA: [1\n' }, 'yaml/syntax demo/settings.yaml:2:1'],
  [
    'an unknown key',
    { 'demo/mwpipe.overlay.yaml': 'description: x\nowner: y\nlaod: []\n' },
    'yaml/unknown-key demo/mwpipe.overlay.yaml:3:1',
  ],
  [
    'a name that is no setting',
    { 'demo/settings.yaml': 'sitename: { default: 1 }\n' },
    'config/bad-setting-name demo/settings.yaml:1:1',
  ],
  [
    'no value by wiki',
    { 'demo/settings.yaml': 'wgA: { default: 1 }\nwgB: 7\n' },
    'config/no-default demo/settings.yaml:2:6',
  ],
  [
    'a map that was meant as a value',
    { 'demo/settings.yaml': 'wgA:\n  Foo Bar: 1\n' },
    'config/bad-setting-name demo/settings.yaml:2:3',
  ],
  ['settings that are no settings', { 'demo/settings.yaml': '- wgA\n' }, 'config/bad-value demo/settings.yaml:1:1'],
  [
    "the platform's database",
    { 'demo/settings.yaml': 'wgDBname: { default: x }\n' },
    'config/platform-setting demo/settings.yaml:1:1',
  ],
  [
    'a number that YAML would cut',
    { 'demo/settings.yaml': 'wgA: { default: [1, 9007199254740993] }\n' },
    'config/bad-value demo/settings.yaml:1:21',
  ],
  [
    'a file to load that is not there',
    { 'demo/mwpipe.overlay.yaml': 'description: x\nowner: y\nload: [no.php]\n' },
    'config/no-such-file demo/mwpipe.overlay.yaml:3:8',
  ],
  ['settings.yml', { 'demo/settings.yml': 'wgA: { default: 1 }\n' }, 'config/bad-name demo/settings.yml:1:1'],
  ['a name with a newline', { 'demo/a\nb.php': '<?php' }, 'config/bad-name demo/a\nb.php:1:1'],
  ['PHP that would be shown as text', { 'demo/static/x.php': '<?php' }, 'config/php-in-static demo/static/x.php:1:1'],
  ['a huge file', { 'demo/x.json': ' '.repeat(2_000_001) }, 'config/huge-file demo/x.json:1:1'],
])('points at %s', async (_what, files, expected) => {
  await using world = await overlayWorld(files);
  expect(mistakesOf(await world.compose('demo'))).toContain(expected);
});

it('shows every mistake at once', async () => {
  await using world = await overlayWorld({
    'demo/settings.yaml': 'x: { default: 1 }\ny: { default: 1 }\n',
    'demo/static/x.php': '<?php',
  });
  expect(mistakesOf(await world.compose('demo'))).toHaveLength(3);
});

it('reads nothing that a link leads to outside the overlay', async () => {
  await using world = await overlayWorld({ 'demo/CommonSettings.php': '<?php', 'other/secret.php': '<?php' });
  await symlink(world.file('other/secret.php'), world.file('demo/linked.php'));
  await symlink(world.file('other'), world.file('demo/folder'));
  await symlink('nowhere', world.file('demo/dangling'));
  await symlink('CommonSettings.php', world.file('demo/fine.php'));
  expect(mistakesOf(await world.compose('demo'))).toEqual([
    'config/leaves-overlay demo/dangling:1:1',
    'config/leaves-overlay demo/folder:1:1',
    'config/leaves-overlay demo/linked.php:1:1',
  ]);
});

it('refuses the same static file from two overlays', async () => {
  await using world = await overlayWorld({ 'base/static/a.svg': 'a', 'site/static/a.svg': 'b' });
  expect(mistakesOf(await world.compose('base', 'site'))).toEqual(['config/static-twice site/static/a.svg:1:1']);
});

it('names the overlay that was meant', async () => {
  await using world = await overlayWorld({ 'demo/CommonSettings.php': '<?php' });
  expect(await world.compose('dmeo')).toMatchObject({
    diagnostics: [{ code: 'config/unknown-overlay', hint: 'did you mean demo?' }],
  });
  expect(mistakesOf(await world.compose('../config-overlays/demo'))).toEqual(['config/unknown-overlay']);
});

it('refuses overlays that extend each other', async () => {
  await using world = await overlayWorld({
    'a/mwpipe.overlay.yaml': 'description: x\nowner: y\nextends: [b]\n',
    'b/mwpipe.overlay.yaml': 'description: x\nowner: y\nextends: [a]\n',
  });
  expect(mistakesOf(await world.compose('a'))).toEqual(['config/extends-itself b/mwpipe.overlay.yaml:3:11']);
});
