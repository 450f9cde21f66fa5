/** wikis.yaml and dblists/ of stacked overlays: who is on the farm, and what settings.yaml may call them. */
import { describe, expect, it } from 'vitest';
import { mistakesOf, overlayWorld, valueOf } from '../../../worlds/overlays.ts';

const WIKIS = `wikis:
  dewiki: { hosts: [de.example.org], language: de, tags: [wikipedia] }
  enwiki: { hosts: [EN.example.org, www.example.org], version: 1.43.9, tags: [wikipedia, big], site: wikipedia }
  denews: { hosts: [news.example.org], language: de }
`;

async function farmOf(files: Readonly<Record<string, string>>, ...overlays: readonly string[]) {
  await using world = await overlayWorld(files);
  const { farm } = valueOf(await world.compose(...(overlays.length === 0 ? ['demo'] : overlays)));
  if (farm === undefined) throw new Error('there is no farm');
  return farm;
}

async function mistakesIn(files: Readonly<Record<string, string>>) {
  await using world = await overlayWorld({ 'demo/wikis.yaml': WIKIS, ...files });
  return mistakesOf(await world.compose('demo'));
}

it('has each wiki with its hosts in lower case, by name', async () => {
  const { wikis } = await farmOf({ 'demo/wikis.yaml': WIKIS });
  expect([...wikis.keys()]).toEqual(['denews', 'dewiki', 'enwiki']);
  expect(wikis.get('enwiki')).toMatchObject({ hosts: ['en.example.org', 'www.example.org'], version: '1.43.9' });
});

it('gives a wiki its own tags, then the lists that name it, then language, site and all', async () => {
  const { wikis, lists } = await farmOf({
    'demo/wikis.yaml': WIKIS,
    'demo/dblists/closed.dblist': '# those that nobody edits\n\nenwiki # since 2019\n',
    'demo/dblists/open.dbexpr': '%% all.dblist - closed.dblist\n',
    'demo/dblists/small.dbexpr': 'all - big',
  });
  expect(wikis.get('enwiki')?.tags).toEqual(['wikipedia', 'big', 'closed', 'en', 'all']);
  expect(wikis.get('dewiki')?.tags).toEqual(['wikipedia', 'open', 'small', 'de', 'all']);
  expect(lists.get('open')).toEqual(['denews', 'dewiki']);
  expect(lists.get('all')).toEqual(['denews', 'dewiki', 'enwiki']);
  expect(lists.get('wikipedia')).toEqual(['dewiki', 'enwiki']);
});

it('takes the language from settings.yaml where wikis.yaml says none', async () => {
  const { wikis } = await farmOf({
    'demo/wikis.yaml': WIKIS,
    'demo/settings.yaml': 'wgLanguageCode: { default: nl, big: sv }\n',
  });
  expect([...wikis.values()].map(({ language }) => language)).toEqual(['de', 'de', 'sv']);
});

it('stacks: a later overlay replaces a wiki, adds one, and takes one away', async () => {
  const files = {
    'base/wikis.yaml': WIKIS,
    'site/wikis.yaml': 'wikis:\n  dewiki: { hosts: [de.site] }\n  enwiki: null\n  frwiki: { hosts: [fr.site] }\n',
  };
  const { wikis } = await farmOf(files, 'base', 'site');
  expect([...wikis.keys()]).toEqual(['denews', 'dewiki', 'frwiki']);
  expect(wikis.get('dewiki')?.tags).toEqual(['en', 'all']);
});

it('evaluates from left to right', async () => {
  const farm = await farmOf({
    'demo/wikis.yaml': WIKIS,
    'demo/dblists/news.dblist': 'denews\n',
    'demo/dblists/x.dbexpr': '%% big + news & wikipedia',
    'demo/dblists/y.dbexpr': '%% x.dbexpr + news.dblist\n',
  });
  expect(farm.lists.get('x')).toEqual(['enwiki']);
  expect(farm.lists.get('y')).toEqual(['denews', 'enwiki']);
});

describe('points at', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'a wiki that a list misspells',
      { 'dblists/a.dblist': 'dewiki\ndwiki\n' },
      'config/unknown-wiki demo/dblists/a.dblist:2:1',
    ],
    ['an unknown list', { 'dblists/a.dbexpr': '%% all - closd' }, 'config/unknown-list demo/dblists/a.dbexpr:1:10'],
    [
      'a circle',
      { 'dblists/a.dbexpr': '%% b', 'dblists/b.dbexpr': '%% all - a' },
      'config/list-circle demo/dblists/b.dbexpr:1:10',
    ],
    ['a list of itself', { 'dblists/a.dbexpr': '%% a' }, 'config/list-circle demo/dblists/a.dbexpr:1:4'],
    ['another operator', { 'dblists/a.dbexpr': '%% all * all' }, 'config/bad-list demo/dblists/a.dbexpr:1:8'],
    ['an operator at the end', { 'dblists/a.dbexpr': '%% all -' }, 'config/bad-list demo/dblists/a.dbexpr:1:8'],
    ['an empty expression', { 'dblists/a.dbexpr': '# %% all' }, 'config/bad-list demo/dblists/a.dbexpr:1:1'],
    [
      'a list with the name of a wiki',
      { 'dblists/dewiki.dblist': 'enwiki' },
      'config/name-taken demo/dblists/dewiki.dblist:1:1',
    ],
    ['all as a file', { 'dblists/all.dblist': 'enwiki' }, 'config/name-taken demo/dblists/all.dblist:1:1'],
    [
      'two files for one list',
      { 'dblists/a.dblist': 'enwiki', 'dblists/a.dbexpr': '%% all' },
      'config/list-twice demo/dblists/a.dblist:1:1',
    ],
    [
      'a key that is nobody’s',
      { 'settings.yaml': 'wgA: { dewki: 1 }\n' },
      'config/unknown-wiki demo/settings.yaml:1:15',
    ],
    [
      'a host of two wikis',
      { 'wikis.yaml': 'wikis:\n  a: { hosts: [x.y] }\n  b: { hosts: [X.y] }\n' },
      'config/host-twice demo/wikis.yaml:3:3',
    ],
    [
      'a host with a port',
      { 'wikis.yaml': 'wikis:\n  a: { hosts: ["x.y:80"] }\n' },
      'yaml/wrong-value demo/wikis.yaml:2:16',
    ],
    ['no host', { 'wikis.yaml': 'wikis:\n  a: { hosts: [] }\n' }, 'yaml/wrong-value demo/wikis.yaml:2:15'],
    [
      'a version of something else',
      { 'wikis.yaml': 'wikis:\n  a: { hosts: [x], version: 2.0.1 }\n' },
      'yaml/wrong-value demo/wikis.yaml:2:29',
    ],
    [
      'a wiki that no database could be named by',
      { 'wikis.yaml': 'wikis:\n  a-b: { hosts: [x] }\n' },
      'yaml/wrong-value demo/wikis.yaml:2:3',
    ],
    ['__proto__', { 'wikis.yaml': 'wikis:\n  __proto__: { hosts: [x] }\n' }, 'yaml/unknown-key demo/wikis.yaml:2:3'],
    [
      'a tag with the name of a wiki',
      { 'wikis.yaml': 'wikis:\n  a: { hosts: [x], tags: [a] }\n' },
      'config/name-taken demo/wikis.yaml:2:3',
    ],
    ['wikis.yml', { 'wikis.yml': '' }, 'config/bad-name demo/wikis.yml:1:1'],
    [
      'a wrong type of what the overlay declares',
      {
        'mwpipe.overlay.yaml': 'description: x\nowner: y\ndeclares: { wmgFoo: boolean }\n',
        'settings.yaml': 'wmgFoo: { default: "yes" }\n',
      },
      'config/wrong-type demo/settings.yaml:1:20',
    ],
  ])('%s', async (_what, files, expected) => {
    const inDemo = Object.entries(files).map(([path, text]) => [`demo/${path}`, text] as const);
    expect(await mistakesIn(Object.fromEntries(inDemo))).toContain(expected);
  });
});

it('lets a key be that only other targets have', async () => {
  const files = {
    'demo/wikis.yaml': WIKIS,
    'demo/mwpipe.overlay.yaml': 'description: x\nowner: y\nelsewhere: [ruwiki]\n',
    'demo/settings.yaml': 'wgA: { ruwiki: 1 }\n',
  };
  expect((await farmOf(files)).wikis.has('ruwiki')).toBe(false);
});
