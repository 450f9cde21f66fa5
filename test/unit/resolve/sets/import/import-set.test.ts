import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readSet } from '../../../../../src/resolve/sets/extension-set.ts';
import { importSet, type ImportOptions } from '../../../../../src/resolve/sets/import/import-set.ts';
import { readExtensionList } from '../../../../../src/resolve/sets/import/read-extension-list.ts';
import { readGitmodules } from '../../../../../src/resolve/sets/import/read-gitmodules.ts';
import { readSettings } from '../../../../../src/resolve/sets/import/read-settings.ts';
import { testContext } from '../../../../worlds/context.ts';
import { setsWorld, told } from '../../../../worlds/sets.ts';

/** Imports `text`, and reads the set that was written: name, kind, mount, url and pin of each component. */
async function roundTrip(text: string, options: Partial<ImportOptions> = {}) {
  await using world = await setsWorld({});
  const file = await world.write('list', text);
  const imported = await importSet({ root: world.root, file, as: 'new', ...options }, testContext());
  if (!imported.ok) return told(imported);
  const set = await readSet(world.root, 'new');
  if (!set.ok) return told(set);
  const rows = set.value.components.map(({ name, kind, path, url, pin }) =>
    [name, kind, path, url.replace('https://gerrit.wikimedia.org/r/', '~'), pin?.name].join(' ').trim(),
  );
  return { rows, groups: set.value.groups, branches: set.value.branches.map(({ template }) => template) };
}

const submodule = (path: string, url: string, branch = ''): string =>
  `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n${branch === '' ? '' : `\tbranch = ${branch}\n`}`;
const GERRIT = 'https://gerrit.wikimedia.org/r';

const SETTINGS = `base_url: ${GERRIT}/
bundles:
  base:
    - mediawiki/extensions/Cite
    - mediawiki/skins/Vector
    - mediawiki/vendor
  more:
    - include: base
    - mediawiki/extensions/Cite
    - mediawiki/extensions/Echo
    - VisualEditor/VisualEditor
manual_branch_points: { REL1_27: { mediawiki/core: 0cd28e19cb0f9385a2a1cc11a4d8c9c21ff0b830 } }
tar: { ignore: ['*~'] }
`;

it("makes a set of make-release's bundle, what it includes as groups, each component once, and core", async () => {
  expect(await roundTrip(SETTINGS, { bundle: 'more' })).toEqual({
    rows: [
      'core core  ~mediawiki/core',
      'Echo extension extensions/Echo ~mediawiki/extensions/Echo',
      'VisualEditor/VisualEditor library VisualEditor/VisualEditor ~VisualEditor/VisualEditor',
      'Cite extension extensions/Cite ~mediawiki/extensions/Cite',
      'skins/Vector skin skins/Vector ~mediawiki/skins/Vector',
      'vendor vendor vendor ~mediawiki/vendor',
    ],
    groups: { base: ['Cite', 'skins/Vector', 'vendor'] },
    branches: ['master'],
  });
});

it('takes another Gerrit from base_url', async () => {
  const settings = SETTINGS.replace(GERRIT, 'https://gerrit.example/r');
  expect(await roundTrip(settings, { bundle: 'base', branch: 'REL1_43' })).toMatchObject({
    rows: [
      'core core  https://gerrit.example/r/mediawiki/core',
      'Cite extension extensions/Cite https://gerrit.example/r/mediawiki/extensions/Cite',
      'skins/Vector skin skins/Vector https://gerrit.example/r/mediawiki/skins/Vector',
      'vendor vendor vendor https://gerrit.example/r/mediawiki/vendor',
    ],
    branches: ['REL1_43'],
  });
});

it('points at a bundle that is not there, at a circle, and asks which is meant', () => {
  const circle = 'bundles:\n  a:\n    - include: b\n  b:\n    - include: a\n    - include: bb\n    - ../etc\n';
  expect(told(readSettings('/x/s.yaml', circle, 'a'))).toEqual([
    'resolve/bundle-cycle s.yaml:5:16 a includes b includes a: a circle | remove one of them',
    'resolve/unknown-bundle s.yaml:6:16 there is no bundle "bb" | did you mean b?',
    'resolve/wrong-component s.yaml:7:7 "../etc" is no name of a component | expected for example mediawiki/extensions/Cite',
  ]);
  expect(told(readSettings('/x/s.yaml', SETTINGS))).toEqual([
    'resolve/which-bundle - "/x/s.yaml" has 2 bundles | name one with --bundle: base, more',
  ]);
  expect(told(readSettings('/x/s.yaml', 'bundles:\n  a:\n    - exclude: b\n'))[0]).toMatch(
    /^yaml\/.* s.yaml:3:7 .*exclude/,
  );
});

it("makes a set of a core branch's submodules: their path, another url than Gerrit's, their branch", async () => {
  const text = [
    '# a comment\n',
    submodule('extensions/Cite', `${GERRIT}/mediawiki/extensions/Cite.git`, 'wmf/1.47.0-wmf.16'),
    submodule('extensions/DynamicPageList', 'https://github.com/x/intersection', '"REL1_43" ; why'),
    submodule('vendor', `${GERRIT}/mediawiki/vendor`, '.'),
    submodule('extensions/VisualEditor/lib/ve', `${GERRIT}/VisualEditor/VisualEditor`),
  ].join('');
  expect(await roundTrip(text)).toMatchObject({
    rows: [
      'core core  ~mediawiki/core',
      'Cite extension extensions/Cite ~mediawiki/extensions/Cite wmf/1.47.0-wmf.16',
      'DynamicPageList extension extensions/DynamicPageList https://github.com/x/intersection REL1_43',
      'vendor vendor vendor ~mediawiki/vendor',
      'extensions/VisualEditor/lib/ve library extensions/VisualEditor/lib/ve ~VisualEditor/VisualEditor',
    ],
    branches: ['master'],
  });
});

it('takes the branch that every submodule has for the policy, so that core gets it too', async () => {
  const text = ['Cite', 'Echo'].map((name) =>
    submodule(`extensions/${name}`, `${GERRIT}/mediawiki/extensions/${name}`, 'REL1_43'),
  );
  expect(await roundTrip(text.join(''))).toMatchObject({
    rows: [
      'core core  ~mediawiki/core',
      'Cite extension extensions/Cite ~mediawiki/extensions/Cite',
      'Echo extension extensions/Echo ~mediawiki/extensions/Echo',
    ],
    branches: ['REL1_43'],
  });
});

it('refuses submodules that would leave the tree, run a program, or mean what this file does not say', () => {
  const text = [
    submodule('../etc', `${GERRIT}/a`),
    submodule('/etc', `${GERRIT}/a`),
    submodule('extensions/A', 'ext::sh -c id'),
    submodule('extensions/B', '../B'),
    submodule('extensions/C', `${GERRIT}/c`, '--upload-pack=id'),
    submodule('extensions/D/.git/hooks', `${GERRIT}/d`),
    '[submodule "E"]\n\tpath = extensions/E\n[core]\n',
  ].join('');
  const found = told(readGitmodules('/x/.gitmodules', text)).map((line) => line.split(' ').slice(0, 2).join(' '));
  expect(found).toEqual(['resolve/wrong-gitmodules .gitmodules:22:1']);
  const parsed = text.replace('[core]\n', '');
  expect(told(readGitmodules('/x/.gitmodules', parsed)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'resolve/unsafe-path .gitmodules:2:9',
    'resolve/unsafe-path .gitmodules:5:9',
    'resolve/unsafe-url .gitmodules:9:8',
    'resolve/relative-url .gitmodules:12:8',
    'resolve/unsafe-ref .gitmodules:16:11',
    'resolve/unsafe-path .gitmodules:18:9',
    'resolve/wrong-gitmodules .gitmodules:20:1',
  ]);
});

it('makes a set of an extension list, where one repo may register several', async () => {
  const text = `# for l10n
$IP/extensions/Cite/extension.json
$IP/extensions/Wikibase/extension-client.json # one
$IP/extensions/Wikibase/extension-repo.json
$IP/extensions/ConfirmEdit/FancyCaptcha/extension.json
$IP/skins/Vector/skin.json

$IP/extensions/Old/Old.php
`;
  expect(await roundTrip(text)).toMatchObject({
    rows: [
      'core core  ~mediawiki/core',
      'Cite extension extensions/Cite ~mediawiki/extensions/Cite',
      'Wikibase extension extensions/Wikibase ~mediawiki/extensions/Wikibase',
      'ConfirmEdit extension extensions/ConfirmEdit ~mediawiki/extensions/ConfirmEdit',
      'skins/Vector skin skins/Vector ~mediawiki/skins/Vector',
      'Old extension extensions/Old ~mediawiki/extensions/Old',
    ],
  });
  expect(told(readExtensionList('/x/list', '$IP/extensions/../Cite/extension.json\nCite\n'))).toEqual([
    'resolve/wrong-list list:1:1 "$IP/extensions/../Cite/extension.json" is no line of an extension list | expected for example $IP/extensions/Cite/extension.json',
    'resolve/wrong-list list:2:1 "Cite" is no line of an extension list | expected for example $IP/extensions/Cite/extension.json',
  ]);
});

it('has after an import what the list had, whatever it had', async () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_]{0,12}$/);
  const names = fc.uniqueArray(name, { minLength: 1, maxLength: 20, selector: (one) => one.toLowerCase() });
  await fc.assert(
    fc.asyncProperty(names, async (listed) => {
      const text = listed.map((one) => `$IP/extensions/${one}/extension.json\n`).join('');
      const read = await roundTrip(text);
      const rows = 'rows' in read ? read.rows.map((row) => row.split(' ')[0]) : read;
      expect(rows).toEqual(['core', ...listed.map((one) => (/^(core|vendor)$/.test(one) ? `extensions/${one}` : one))]);
    }),
    { numRuns: 30, examples: [[['core', 'null', 'on', '1e3', '0x1', 'True']]] },
  );
});

it('writes over no set unless it is told to, and nothing in a dry run', async () => {
  await using world = await setsWorld({ there: 'version: 1\n' });
  const file = await world.write('extension-list', '$IP/extensions/Cite/extension.json\n');
  const options = { root: world.root, file, as: 'there' };
  expect(told(await importSet(options, testContext()))).toEqual([
    'resolve/set-exists - there is an extension set "there" already | take another name with --as, or write over it with --force',
  ]);
  const target = join(world.root, 'extension-sets/there.yaml');
  expect(await importSet({ ...options, mode: 'dry-run' }, testContext())).toMatchObject({
    ok: true,
    value: { written: false },
  });
  expect(await readFile(target, 'utf8')).toBe('version: 1\n');
  expect(await importSet({ ...options, mode: 'force' }, testContext())).toMatchObject({
    ok: true,
    value: { written: true },
  });
  expect(await readFile(target, 'utf8')).toContain('  - Cite\n');
});

it('says what is no list, no file and no name', async () => {
  await using world = await setsWorld({});
  const file = await world.write('readme', 'Hello.\n');
  const read = async (options: Partial<ImportOptions>) =>
    told(await importSet({ root: world.root, file, as: 'x', ...options }, testContext())).map(
      (line) => line.split(' ')[0],
    );
  expect(await read({})).toEqual(['resolve/unknown-list']);
  expect(await read({ file: join(world.root, 'none') })).toEqual(['resolve/no-file']);
  expect(await read({ as: '../x' })).toEqual(['resolve/wrong-set-name']);
  expect(await read({ as: 'x.lock' })).toEqual(['resolve/wrong-set-name']);
  expect(await read({ branch: '-x' })).toEqual(['resolve/unsafe-ref']);
});
