/** The graph on real git: facts from trees, kept by tree; what is broken or huge is named and hides nothing else. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blobStore } from '../../src/kernel/blob-store.ts';
import type { GitObjects } from '../../src/resolve/index.ts';
import { parseComponentName } from '../../src/resolve/sets/component-name.ts';
import { readGraph, type ComponentGraph, type LockedComponent } from '../../src/resolve/index.ts';
import { testContext } from '../worlds/context.ts';
import { lockOf } from '../worlds/fakes/git-objects.ts';
import { gitWorld, type GitWorld, type WorldFiles } from '../worlds/git.ts';

const json = (manifest: object): string => JSON.stringify({ manifest_version: 2, ...manifest }, undefined, 2);
const REPOS: Readonly<Record<string, WorldFiles>> = {
  core: {
    'includes/Defines.php': "<?php define( 'MW_VERSION', '1.43.0' );",
    'includes/ServiceWiring.php': "<?php return [ 'TitleFactory' => 1 ];",
    'includes/Hook.php': '<?php namespace MediaWiki\\Hook; interface BeforePageDisplayHook {}',
  },
  Echo: {
    'extension.json': json({ name: 'Echo', ServiceWiringFiles: ['includes/W.php'] }),
    'includes/W.php': '<?php use MediaWiki\\Extension\\Notifications\\Db; return [ Db::NAME => fn () => new Db ];',
    'includes/Db.php': "<?php namespace MediaWiki\\Extension\\Notifications; class Db { const NAME = 'EchoDb'; }",
    'includes/H.php': '<?php namespace MediaWiki\\Extension\\Notifications\\Hooks; interface EchoGetEventsHook {}',
  },
  Thanks: {
    'extension.json': json({
      name: 'Thanks',
      requires: { extensions: { Echo: '*' } },
      attributes: { Echo: { Icons: [] } },
      Hooks: { EchoGetEvents: 'main', BeforePageDisplay: 'main' },
      HookHandlers: { main: { class: 'Thanks\\Hooks', services: ['EchoDb', 'TitleFactory'] } },
    }),
    'src/Hooks.php':
      '<?php\nnamespace Thanks;\nuse MediaWiki\\Extension\\Notifications\\{ Db, Hooks\\EchoGetEventsHook };\n',
    'tests/phpunit/XTest.php': "<?php $this->markTestSkippedIfExtensionNotLoaded( 'Cite' ); isLoaded( 'no' );",
    '.phan/config.php': "<?php $cfg['directory_list'][] = '../../extensions/Echo';",
    '.phan/stubs/Echo.php': '<?php namespace MediaWiki\\Extension\\Notifications; class Stub {}',
  },
  Broken: {
    'extension.json': '{\n  "name": "Broken",\n}',
    'src/A.php': "<?php use MediaWiki\\Extension\\Notifications\\Db; $x->isLoaded( '\u0000\u001b[2J' );",
    'src/latin.php': '<?php /* \u00e9 */ $x->isLoaded( "Thanks" );',
    'src/huge.php': `<?php use Thanks\\Hooks;${' '.repeat(2_000_001)}`,
  },
};

interface Run {
  readonly graph: ComponentGraph;
  readonly events: readonly unknown[];
  /** Urls whose objects were asked for. */
  readonly asked: readonly string[];
}

async function run(world: GitWorld): Promise<Run> {
  const components = await Promise.all(Object.keys(REPOS).map((name) => lockedNow(world, name)));
  const asked: string[] = [];
  const { objects } = world.ports;
  const watched: Pick<GitObjects, 'fetch' | 'entries' | 'blobs'> = {
    fetch: (wanted, context) => objects.fetch(wanted, context),
    blobs: (url, oids) => objects.blobs(url, oids),
    entries: (ref) => {
      asked.push(ref.url);
      return objects.entries(ref);
    },
  };
  const context = testContext();
  const blobs = blobStore(join(world.cache, 'blobs'));
  const graph = await readGraph({ lock: lockOf(...components) }, { objects: watched, blobs }, context);
  if (!graph.ok) throw new Error(JSON.stringify(graph.diagnostics));
  return { graph: graph.value, events: context.events, asked };
}

async function lockedNow(world: GitWorld, name: string): Promise<LockedComponent> {
  const { kind, path } = parseComponentName(name)!;
  const [url, ref] = [world.url(name), 'refs/heads/master'];
  const refs = await world.ports.refs.refs({ url }, testContext());
  const commit = refs.ok ? refs.value.get(ref)! : '';
  const fetched = await world.ports.objects.fetch({ url, commit, ref }, testContext());
  return { name, kind, path, url, ref, commit, tree: fetched.ok ? fetched.value.tree : '' };
}

it('finds each kind of edge in what is committed', async () => {
  await using world = await gitWorld(REPOS);
  const { graph } = await run(world);
  expect(
    graph.edges.map(
      ({ from, to, kind, because: [first], count }) =>
        `${from} ${kind} ${to} ${first?.file ?? ''}:${String(first?.line)} ${String(count)}`,
    ),
  ).toEqual([
    'Broken import Echo src/A.php:1 1',
    'Broken isLoaded Thanks src/latin.php:1 1',
    'Thanks attribute Echo extension.json:10 1',
    'Thanks hard Echo extension.json:6 1',
    'Thanks hook Echo extension.json:15 1',
    'Thanks import Echo src/Hooks.php:3 2',
    'Thanks phan Echo .phan/config.php:1 1',
    'Thanks service Echo extension.json:22 1',
  ]);
  expect(graph.outside).toEqual([{ kind: 'test-extra', name: 'Cite', from: ['Thanks'] }]);
});

it('names files that it could not read, in the graph and in a warning', async () => {
  await using world = await gitWorld(REPOS);
  const { graph, events } = await run(world);
  const skipped = [
    { file: 'src/huge.php', because: 'it has 2 MB, more than 2' },
    { file: 'extension.json', because: 'line 3: expected a name in double quotes, found "}"' },
  ];
  expect(graph.components.find(({ name }) => name === 'Broken')).toMatchObject({ registered: [], skipped });
  for (const one of skipped)
    expect(events).toContainEqual({ code: 'resolve/file-skipped', component: 'Broken', ...one });
  expect(events).toContainEqual(expect.objectContaining({ code: 'resolve/code-read', done: 4, of: 4 }));
});

it('reads a second time only what changed', async () => {
  await using world = await gitWorld(REPOS);
  const first = await run(world);
  expect(first.asked).toHaveLength(4);
  const again = await run(world);
  expect(again).toMatchObject({ asked: [], graph: first.graph });
  await world.commit('Thanks', { 'src/More.php': "<?php $x->isLoaded( 'Broken' );" });
  const changed = await run(world);
  expect(changed.asked).toEqual([world.url('Thanks')]);
  expect(changed.graph.edges).toHaveLength(first.graph.edges.length + 1);
  expect(changed.graph.edges.map(({ to }) => to)).toContain('Broken');
});
