import { expect, it } from 'vitest';
import type { BlobStore } from '../../../../src/kernel/blob-store.ts';
import { fail } from '../../../../src/kernel/outcome.ts';
import { readGraph, type GraphTools, type LockedComponent } from '../../../../src/resolve/index.ts';
import { testContext } from '../../../worlds/context.ts';
import { fakeGit, lockOf } from '../../../worlds/fakes/git-objects.ts';
import { arrows } from './components.ts';

const requiring = (name: string, ...others: string[]) => ({
  'extension.json': JSON.stringify({
    name,
    requires: { extensions: Object.fromEntries(others.map((one) => [one, '*'])) },
  }),
});
const forgetful: Pick<BlobStore, 'recall' | 'remember'> = {
  recall: () => Promise.resolve(undefined),
  remember: () => Promise.resolve(),
};
const read = async (objects: GraphTools['objects'], components: readonly LockedComponent[]) => {
  const context = testContext();
  return {
    graph: await readGraph({ lock: lockOf(...components) }, { objects, blobs: forgetful }, context),
    ...context,
  };
};

it('warns of components that require each other', async () => {
  const git = fakeGit();
  const { events } = await read(git, [
    git.component('A', requiring('A', 'B')),
    git.component('B', requiring('B', 'A')),
  ]);
  expect(events).toContainEqual({ code: 'resolve/hard-cycle', components: ['A', 'B'] });
});

it('names every component that could not be had, not the first only', async () => {
  const git = fakeGit();
  const fetch: GraphTools['objects']['fetch'] = ({ url }) =>
    Promise.resolve(fail({ code: 'git/remote-gone', message: `${url} is gone` }));
  const { graph } = await read({ ...git, fetch }, [git.component('A', {}), git.component('B', {})]);
  expect(graph.ok || graph.diagnostics.map(({ message }) => message)).toEqual([
    'https://example.test/A is gone',
    'https://example.test/B is gone',
  ]);
});

it('reads on behind bytes that are no UTF-8', async () => {
  const git = fakeGit();
  const components = [git.component('A', { 'a.php': '<?php' }), git.component('B', requiring('B'))];
  const latin1 = Buffer.from("<?php /* \u00fcber */ \u00e4::f(); $r->isLoaded( 'B' );", 'latin1');
  const blobs: GraphTools['objects']['blobs'] = async function* (url, oids) {
    for await (const blob of git.blobs(url, oids)) yield url.endsWith('/A') ? { ...blob, data: latin1 } : blob;
  };
  const { graph } = await read({ ...git, blobs }, components);
  expect(graph.ok && arrows(graph.value)).toEqual(['A -isLoaded-> B']);
});

it('reads a file that stands in two places as both', async () => {
  const git = fakeGit();
  const php = "<?php $r->isLoaded( 'B' );";
  const { graph } = await read(git, [
    git.component('A', { 'a.php': php, 'b.php': php }),
    git.component('B', requiring('B')),
  ]);
  expect(graph.ok && graph.value.edges[0]?.because.map(({ file }) => file)).toEqual(['a.php', 'b.php']);
});
