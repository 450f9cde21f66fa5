// needs: docker, the world
/** A checkout in the layout of operations/mediawiki-config, evaluated as it is by the PHP and the MediaWiki of a real image. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { checkBundle, effectiveValue, type CheckTools } from '../../src/config/index.ts';
import type { Diagnostic } from '../../src/kernel/diagnostic.ts';
import { checkoutWorld, type CheckoutWorld } from '../worlds/checkout/index.ts';
import { runCommand } from '../worlds/command.ts';
import { testContext } from '../worlds/context.ts';
import { demoImage } from '../worlds/docker/demo-image.ts';
import { valueOf } from '../worlds/overlays.ts';

/** MW_VERSION of the demo's image. */
const VERSION = '1.43.0-wmf.1';
const SETTINGS = 'wmf-config/InitialiseSettings.php';
const COMMON = 'wmf-config/CommonSettings.php';

let image: string;
let world: CheckoutWorld;
let tools: CheckTools;
beforeAll(async () => {
  image = await demoImage();
  world = await checkoutWorld(VERSION);
  tools = { runner: dockerRunner(dockerEngine()), cache: world.cache };
}, 900_000);
afterAll(() => world[Symbol.asyncDispose]());

async function evaluated(fields: string) {
  await world.overlay(fields);
  const checked = valueOf(await checkBundle({ bundle: valueOf(await world.compose()), image }, tools, testContext()));
  const { wikis } = checked.effective;
  return {
    ...checked,
    wikis: [...wikis].sort(),
    each: (setting: string) =>
      Object.fromEntries(wikis.map((wiki) => [wiki, effectiveValue(checked.effective, setting, wiki)])),
  };
}

const placed = ({ code, message, at }: Diagnostic) => [
  code,
  at?.file.slice(world.checkout.length + 1),
  at?.line,
  message,
];

/** The line of a file of the checkout that has this text. */
async function lineOf(path: string, text: string): Promise<number> {
  const lines = (await world.git('show', `HEAD:${path}`)).split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

function mwpipe(...argv: readonly string[]) {
  const env = { MWPIPE_CACHE: world.cache };
  return runCommand(['node', join(checkoutRoot, 'src/cli/mwpipe.ts'), ...argv], { cwd: world.root, env });
}

describe('at the level `static`', () => {
  it('gives each wiki what SiteConfiguration makes of its own static settings', async () => {
    const { wikis, each, warnings, mediawiki } = await evaluated('level: static\n');
    expect(mediawiki).toBe(VERSION);
    expect(wikis).toEqual(['dewiki', 'dewikinews', 'enwiki', 'metawiki']);
    expect(each('wgSitename')).toEqual({
      dewiki: 'Wikipedia – die freie',
      dewikinews: 'Wikinews',
      enwiki: 'Wikipedia',
      metawiki: 'Meta',
    });
    expect(each('wgLanguageCode')).toEqual({ dewiki: 'de', dewikinews: 'de', enwiki: 'en', metawiki: 'en' });
    expect(each('wgCapitalLinks')).toMatchObject({ enwiki: true, metawiki: false });
    expect(each('wgFileExtensions')).toMatchObject({
      enwiki: ['png', 'svg'],
      dewikinews: expect.arrayContaining(['png', 'svg', 'tiff']) as string[],
    });
    expect(each('wgGroupPermissions')).toMatchObject({
      enwiki: { user: { move: false } },
      dewiki: { user: { move: true }, reviewer: { patrol: true } },
    });
    expect(each('wgReadOnly')).toMatchObject({ enwiki: null });
    expect(warnings.map(placed)).toEqual([]);
  });

  it('says nothing of a wiki of another version, unless the overlay forces one', async () => {
    const { wikis, each } = await evaluated(`level: static\nforce: ${VERSION}\n`);
    expect(wikis).toContain('nowiki');
    expect(each('wgLanguageCode')).toMatchObject({ nowiki: 'no' });
  });
});

describe('at the level `common`', () => {
  it('gives each wiki what CommonSettings.php makes of it, offline, with the stub for what is private', async () => {
    const { wikis, each } = await evaluated('level: common\n');
    expect(wikis).toEqual(['dewiki', 'dewikinews', 'enwiki', 'metawiki']);
    expect(each('wgReadOnly')).toMatchObject({ enwiki: 'Offline in eqiad' });
    expect(each('wgRightsText')).toMatchObject({ dewiki: 'Contact nobody@stub.example' });
    expect(each('wgCiteResponsiveReferences')).toMatchObject({ dewiki: false, enwiki: true });
    expect(each('wgSitename')).toMatchObject({ dewikinews: 'Wikinews' });
  });

  it('warns of an extension that the image has not, at its line, and goes on without', async () => {
    const { warnings, each } = await evaluated('level: common\n');
    const flow = [COMMON, await lineOf(COMMON, "wfLoadExtension( 'Flow' )")];
    expect(warnings.map(placed)).toContainEqual([
      'config/php-notice',
      ...flow,
      expect.stringMatching(/^Flow is not in this image on metawiki/) as string,
    ]);
    expect(warnings.filter(({ message }) => message.includes('Cite is not'))).toEqual([]);
    expect(each('wgFlowDefaultWikiDb')).toMatchObject({ metawiki: false });
  });

  it('says where its PHP goes wrong, and on which wikis', async () => {
    await world.overlay('level: common\n');
    await world.edit(COMMON, '$wgRightsText =', '$wgX = $wmgNothing;\n$wgRightsText =');
    const bundle = valueOf(await world.compose());
    await world.git('checkout', '-q', '--', '.');
    const outcome = await checkBundle({ bundle, image }, tools, testContext());
    const [wrong] = outcome.ok ? [] : outcome.diagnostics;
    const line = await lineOf(COMMON, '$wgRightsText =');
    expect(wrong === undefined ? [] : placed(wrong)).toEqual([
      'config/php-notice',
      COMMON,
      line,
      expect.stringContaining('Undefined variable $wmgNothing') as string,
    ]);
  });
});

it('`mwpipe config diff` tells what a commit of the checkout changes, where, and on which wikis', async () => {
  await world.overlay('level: common\n');
  await world.edit(SETTINGS, "'wikinews' => 'Wikinews'", "'wikinews' => 'Wikinachrichten'");
  await world.edit(SETTINGS, "'closed' => false", "'closed' => false,\n\t\t'dewiki' => false");
  const head = (await world.commit()).slice(0, 12);
  const { code, stdout, stderr } = await mwpipe('config', 'diff', 'head~1', 'head', '--image', image, '--to', 'farm');
  expect([code, stderr]).toEqual([0, expect.stringContaining('Flow is not in this image') as string]);
  const name = await lineOf(SETTINGS, "'wgSitename' =>");
  expect(stdout).toContain(
    `wgSitename: "Wikinews" → "Wikinachrichten" on dewikinews   ${head}:${SETTINGS}:${String(name)}`,
  );
  const cite = (await lineOf(SETTINGS, "'wmgUseCite' =>")) + 3;
  expect(stdout).toContain(`wmgUseCite: true → false on dewiki   ${head}:${SETTINGS}:${String(cite)}`);
});

it('`mwpipe config push` refuses it, and points at the line that says what it is', async () => {
  await world.overlay('');
  const { code, stderr } = await mwpipe('config', 'push', '--to', 'farm');
  expect(code).toBe(4);
  expect(stderr).toContain('config-overlays/farm/mwpipe.overlay.yaml:3:9');
  expect(stderr).toContain('config/raw-not-served');
});

it('`mwpipe config check` says that all its wikis are well', async () => {
  await world.overlay(`level: static\nref: head\nforce: ${VERSION}\n`);
  const { code, stdout, stderr } = await mwpipe('config', 'check', '--image', image, '--to', 'farm');
  expect(code).toBe(0);
  expect(`${stdout}${stderr}`).toContain('5 evaluations, no notice');
});
