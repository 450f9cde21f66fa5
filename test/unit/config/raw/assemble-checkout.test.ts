import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { composeBundle } from '../../../../src/config/index.ts';
import { mistakesOf, valueOf } from '../../../worlds/overlays.ts';
import { writePayload } from '../../../worlds/payload/index.ts';

const ABOUT = 'description: a farm\nowner: tests\nlayout: mediawiki-config\n';

async function checkout(about = ABOUT) {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-raw-'));
  const folder = join(root, 'config-overlays/farm');
  await writePayload(folder, 'raw', { wikis: 12, lines: 40, own: 6 });
  const write = (path: string, text: string) => writeFile(join(folder, path), text);
  await write('mwpipe.overlay.yaml', about);
  const compose = (...names: readonly string[]) => composeBundle(root, names.length === 0 ? ['farm'] : names);
  return { root, folder, write, compose, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

describe('a checkout of the operations/mediawiki-config layout as an overlay', () => {
  it('is a bundle of its files as they are, and of what its own deployment would have made', async () => {
    await using world = await checkout();
    await mkdir(join(world.folder, 'wmf-config/tests'));
    await world.write('wmf-config/tests/Test.php', '<?php');
    const { files, farm, raw } = valueOf(await world.compose());
    expect(files.has('overlays/farm/wmf-config/CommonSettings.php')).toBe(true);
    expect(files.has('overlays/farm/wmf-config/tests/Test.php')).toBe(false);
    expect([...files.keys()].filter((path) => path.includes('static/'))).toEqual([]);
    const made = Buffer.from(files.get('overlays/farm/wikiversions.php') ?? []).toString();
    expect(made).toContain("'metawiki' => 'php-1.43.0-wmf.1'");
    expect(files.has('overlays/farm/wmf-config/ExtensionMessages-1.43.0-wmf.1.php')).toBe(true);
    expect(farm?.wikis.get('metawiki')?.tags).toContain('special');
    expect(farm?.lists.get('open')?.length).toBeGreaterThan(0);
    expect(raw?.places.find('wgCapitalLinks', 'x')?.at().file).toMatch(/InitialiseSettings\.php$/);
    expect(raw).toMatchObject({ at: { file: join(world.folder, 'mwpipe.overlay.yaml'), line: 3, column: 9 } });
  });

  it('takes the forced version, more folders and the stub of private values', async () => {
    await using world = await checkout(`${ABOUT}force: 1.43.9\nalso: [static]\nprivate: stub.php\n`);
    await world.write('stub.php', '<?php $wmgToken = "";');
    const { files, farm } = valueOf(await world.compose());
    expect(farm?.wikis.get('metawiki')?.version).toBe('1.43.9');
    expect(files.has('overlays/farm/private/PrivateSettings.php')).toBe(true);
    expect(files.has('overlays/farm/static/images/project-logos/default.svg')).toBe(true);
  });

  it('says where the checkout is lacking, all at once', async () => {
    await using world = await checkout(`${ABOUT}level: common\nprivate: none.php\n`);
    await rm(join(world.folder, 'multiversion'), { recursive: true });
    await rm(join(world.folder, 'wikiversions.json'));
    expect(mistakesOf(await world.compose())).toEqual([
      'config/no-such-file farm/mwpipe.overlay.yaml:5:10',
      'config/raw-no-file farm/mwpipe.overlay.yaml:3:9',
      'config/raw-no-file farm/mwpipe.overlay.yaml:3:9',
    ]);
  });

  it('points at the wiki whose version is none', async () => {
    await using world = await checkout();
    await world.write('wikiversions.json', '{\n    "aawiki": "php-1.43.9",\n    "abwiki": "1.43.9"\n}\n');
    expect(mistakesOf(await world.compose())).toEqual(['config/raw-versions farm/wikiversions.json:3:5']);
  });

  it('reads nothing that a link leads out to, and refuses absolute paths and ..', async () => {
    await using world = await checkout();
    await symlink('/etc/passwd', join(world.folder, 'wmf-config/out.php'));
    expect(mistakesOf(await world.compose())).toEqual(['config/leaves-overlay farm/wmf-config/out.php:1:1']);
    await rm(join(world.folder, 'wmf-config/out.php'));
    await world.write('mwpipe.overlay.yaml', `${ABOUT}from: /etc\nprivate: ../../x.php\nalso: [../..]\n`);
    expect(mistakesOf(await world.compose())).toHaveLength(3);
  });

  it('stacks with nothing', async () => {
    await using world = await checkout();
    const other = join(world.root, 'config-overlays/other');
    await mkdir(other);
    await writeFile(join(other, 'mwpipe.overlay.yaml'), 'description: x\nowner: y\n');
    expect(mistakesOf(await world.compose('other', 'farm'))).toEqual(['config/raw-alone farm/mwpipe.overlay.yaml:3:9']);
  });
});
