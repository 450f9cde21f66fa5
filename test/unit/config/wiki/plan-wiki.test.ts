/** What adding a wiki will do, from facts alone. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planWiki, readWikiFacts, type WikiWish } from '../../../../src/config/index.ts';
import { mistakesOf, overlayWorld, valueOf } from '../../../worlds/overlays.ts';

const FILES = {
  'base/settings.yaml': 'wgSitename: { default: Wiki, enwikinews: Wikinews }\n',
  'base/wikis.yaml': `wikis:
  enwikinews: { hosts: [en.news.example], version: 1.43.9, language: en, tags: [wikinews] } # the first
  dewiki: { hosts: [de.example], language: de }
`,
  'base/dblists/small.dblist': '# small ones\nenwikinews\nzzwiki\n',
  'base/dblists/rest.dbexpr': '%% all.dblist - small.dblist\n',
  'base/dblists/other.dblist': 'dewiki\n',
};

async function planned(wish: WikiWish, files: Readonly<Record<string, string>> = FILES) {
  await using world = await overlayWorld(files);
  const wikis = 'base/wikis.yaml' in files ? { 'zzwiki: { hosts: [zz.example] }': true } : {};
  if (Object.keys(wikis).length > 0) {
    await world.write('base/wikis.yaml', `${files['base/wikis.yaml'] ?? ''}  zzwiki: { hosts: [zz.example] }\n`);
  }
  const bundle = valueOf(await world.compose('base'));
  const only = { name: 'wiki', hosts: ['localhost'] };
  const place = { root: world.root, overlays: [{ name: 'base' }], bundle, only };
  const plan = planWiki(valueOf(await readWikiFacts(wish, place)));
  return { plan, root: join(world.root, 'config-overlays') };
}

it('gives a new wiki what the one that it is like has: version, tags, its lists, and a host by language', async () => {
  const { plan, root } = await planned({ name: 'dewikinews', like: 'enwikinews', language: 'de' });
  const { wiki, edits, notes } = valueOf(plan);
  expect(wiki).toEqual({
    name: 'dewikinews',
    hosts: ['de.news.example'],
    version: '1.43.9',
    language: 'de',
    tags: ['wikinews'],
  });
  expect(edits.map(({ file }) => file.slice(root.length))).toEqual(['/base/wikis.yaml', '/base/dblists/small.dblist']);
  expect(edits[0]?.after).toContain('# the first');
  expect(edits[1]?.after).toBe('# small ones\ndewikinews\nenwikinews\nzzwiki\n');
  expect(notes).toEqual([expect.stringContaining('wgSitename (settings.yaml:1)')]);
});

it('goes on where the overlays have the wiki already: nothing is written', async () => {
  const plan = valueOf((await planned({ name: 'dewiki' })).plan);
  expect([plan.edits, plan.wiki.hosts]).toEqual([[], ['de.example']]);
});

it('makes a farm of a target that had one wiki', async () => {
  const files = { 'base/settings.yaml': 'wgSitename: { default: Wiki }\n' };
  const plan = valueOf((await planned({ name: 'dewiki', language: 'de' }, files)).plan);
  expect(plan.edits[0]?.after).toContain(
    '  wiki: { hosts: [localhost] }\n  dewiki: { hosts: [dewiki.localhost], language: de }\n',
  );
});

it('tells every mistake at once', async () => {
  const wish = { name: 'De-wiki', like: 'enwikinew', language: '!', hosts: ['de.example', 'a b'], overlay: 'top' };
  const { plan } = await planned(wish);
  expect(mistakesOf(plan)).toEqual([
    'wiki/bad-name',
    'wiki/unknown',
    'wiki/bad-language',
    'wiki/host-taken',
    'wiki/bad-host',
    'wiki/unknown-overlay',
  ]);
});

it('makes the first farm of a target with one wiki that the new one is like, and knows no other', async () => {
  const files = { 'base/settings.yaml': 'wgSitename: { default: Wiki }\n' };
  const plan = valueOf((await planned({ name: 'dewiki', language: 'de', like: 'wiki' }, files)).plan);
  expect(plan.edits[0]?.after).toContain('  dewiki: { hosts: [dewiki.localhost], language: de }\n');
  const { plan: refused } = await planned({ name: 'dewiki', like: 'enwiki' }, files);
  expect(refused).toMatchObject({ diagnostics: [{ code: 'wiki/unknown', hint: 'did you mean wiki?' }] });
});

it('adds a wiki that is there to the lists of the one that it is like, where a killed run had not come to them', async () => {
  const { plan } = await planned({ name: 'dewiki', like: 'enwikinews' });
  expect(valueOf(plan).edits.map(({ after }) => after)).toEqual(['# small ones\ndewiki\nenwikinews\nzzwiki\n']);
});

it('leaves the wikis of a checkout to its own files', () => {
  const overlay = { name: 'wmf', wikis: { file: '/w/wikis.yaml', text: '' }, lists: [] };
  const facts = {
    wish: { name: 'dewiki' },
    overlays: [overlay],
    farm: undefined,
    likeEntry: undefined,
    ownSettings: [],
  };
  const plan = planWiki({ ...facts, only: { name: 'wiki', hosts: ['localhost'] }, checkout: 'wmf' });
  expect(mistakesOf(plan)).toEqual(['wiki/checkout']);
});
