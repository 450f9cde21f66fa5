/** What a farm is in a bundle: static PHP that a request reads, with each shared value once. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overlayWorld, valueOf } from '../../../worlds/overlays.ts';

const WIKIS = `wikis:
  dewiki: { hosts: [de.example.org, www.example.org], version: 1.43.9, language: de, tags: [wikipedia], site: wikipedia }
  enwiki: { hosts: [en.example.org], tags: [wikipedia] }
  news: { hosts: [news.example.org] }
`;

async function composed(files: Readonly<Record<string, string>>) {
  await using world = await overlayWorld(files);
  const bundle = valueOf(await world.compose('demo'));
  const text = (path: string): string => Buffer.from(bundle.files.get(path) ?? []).toString('utf8');
  return { bundle, text, paths: [...bundle.files.keys()].filter((path) => !path.startsWith('overlays/')).sort() };
}

it('keeps what a tag has once, and of a wiki only what none of its tags alone gives', async () => {
  const { text, paths } = await composed({
    'demo/wikis.yaml': WIKIS,
    'demo/settings.yaml': 'wgA: { default: [1], wikipedia: [2], news: [3], +dewiki: [4] }\nwgB: { default: x }\n',
  });
  expect(paths).toEqual([
    ...['LocalSettings.php', 'farm.php', 'settings.php', 'tags/wikipedia.php', 'wikis/dewiki.php', 'wikis/news.php'],
  ]);
  expect(text('tags/wikipedia.php')).toContain("'wgA' => [\n\t\t2,\n\t],");
  expect(text('wikis/dewiki.php')).toContain("'wgA' => [\n\t\t4,\n\t\t2,\n\t],");
  expect(text('settings.php')).toContain("'wgB' => 'x',");
});

it('says who is who', async () => {
  const { text } = await composed({ 'demo/wikis.yaml': WIKIS, 'demo/settings.yaml': 'wgA: { wikipedia: 1 }\n' });
  const farm = text('farm.php');
  expect(farm).toContain("'www.example.org' => 'dewiki',");
  expect(farm).toContain("'databases' => [\n\t\t'dewiki',\n\t\t'enwiki',\n\t\t'news',\n\t],");
  expect(farm).toContain("'settings' => [\n\t\t\t\t'wikis/dewiki.php',\n\t\t\t\t'tags/wikipedia.php',\n\t\t\t],");
});

it('has no farm without a wikis.yaml, and then takes each key for the wiki', async () => {
  const { bundle, text, paths } = await composed({
    'demo/settings.yaml': 'wgA: { default: 1, demowiki: 2, all: 3 }\n',
  });
  expect(bundle.farm).toBeUndefined();
  expect(paths).toEqual(['LocalSettings.php', 'settings.php', 'tags/all.php', 'wikis/demowiki.php']);
  expect(text('LocalSettings.php')).not.toContain('farm.php');
});

it('has the names of secrets, and searches the settings that have one', async () => {
  const yaml =
    'wgA: { default: { b: [{ $secret: foo.token }], c: { $secret: bar, required: false } } }\nwgB: { default: 1 }\n';
  const { text } = await composed({ 'demo/settings.yaml': yaml });
  expect(text('settings.php')).toContain("'$secret:foo.token'");
  expect(text('settings.php')).toContain("'$secret:bar?'");
  expect(text('LocalSettings.php')).toContain("foreach ( [\n\t\t'wgA',\n\t] as $name )");
});

it('gives the same bytes whatever the order in which keys, wikis and settings were typed', async () => {
  const settings = ['wgA: { default: 1, dewiki: 2 }', 'wgB: { wikipedia: [x] }', '+wgC: { all: [1], +news: [2] }'];
  const rows = WIKIS.trim().split('\n').slice(1);
  const hashOf = async (lines: readonly string[], wikis: readonly string[]): Promise<string> =>
    (
      await composed({
        'demo/settings.yaml': `${lines.join('\n')}\n`,
        'demo/wikis.yaml': `wikis:\n${wikis.join('\n')}\n`,
      })
    ).bundle.hash;
  const hash = await hashOf(settings, rows);
  const orders = fc.tuple(fc.shuffledSubarray(settings, { minLength: 3 }), fc.shuffledSubarray(rows, { minLength: 3 }));
  await fc.assert(
    fc.asyncProperty(orders, async ([lines, wikis]) => {
      expect(await hashOf(lines, wikis)).toBe(hash);
    }),
    { numRuns: 10 },
  );
});
