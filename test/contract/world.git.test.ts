/** The world's history on a small slice of a release tarball: deterministic, whole, and what the trains change. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import type { RunContext } from '../../src/kernel/run-context.ts';
import { runCommand } from '../worlds/command.ts';
import { ensureWorld, worldCheckout, type WorldEvent } from '../worlds/mediawiki/index.ts';

const SLICE: Readonly<Record<string, string>> = {
  'includes/Defines.php': "<?php\ndefine( 'MW_VERSION', '1.43.9' );\n",
  'index.php': '<?php\n',
  'extensions/README': 'put them here\n',
  'vendor/composer/installed.json': '{}',
  'vendor/wikimedia/less.php/lib.php': '<?php\n',
  'skins/Vector/skin.json': '{ "name": "Vector" }',
  'skins/Vector/bin/tool': '#!/bin/sh\n',
  'extensions/Cite/extension.json': '{ "name": "Cite" }',
  'extensions/Cite/i18n/en.json': '{ "cite-desc": "tags for citations" }',
  'extensions/Cite/i18n/de.json': '{ "cite-desc": "Ermöglicht Referenzierungen mittels" }',
  'extensions/Cite/src/ErrorReporter.php': "throw new InvalidArgumentException( 'Unexpected message key' );",
};

/** A cache folder with a tarball in the place where a fetched one would be. */
async function sliceOfTarball(files: Readonly<Record<string, string>> = SLICE) {
  const cache = await mkdtemp(join(tmpdir(), 'mwpipe-slice-'));
  const folder = join(cache, 'world/source');
  await mkdir(folder, { recursive: true });
  const tar = pack();
  for (const [path, text] of Object.entries(files)) {
    tar.entry({ name: `mediawiki-1.43.9/${path}`, mode: path.includes('/bin/') ? 0o755 : 0o644 }, text);
  }
  tar.entry({ name: 'mediawiki-1.43.9/images', type: 'symlink', linkname: '/var/images' });
  tar.finalize();
  await pipeline(tar, createGzip(), createWriteStream(join(folder, 'mediawiki_1.43.9+dfsg.orig.tar.gz')));
  return { cache, [Symbol.asyncDispose]: () => rm(cache, { recursive: true, force: true }) };
}

function contextOf(events: WorldEvent[] = [], signal = new AbortController().signal): RunContext<WorldEvent> {
  return { signal, clock: systemClock, emit: (event) => events.push(event) };
}

const git = async (cache: string, repo: string, ...args: string[]): Promise<string> => {
  const gitDir = join(cache, 'world/remotes/mediawiki', `${repo}.git`);
  return (await runCommand(['git', `--git-dir=${gitDir}`, ...args])).stdout.trimEnd();
};

it('makes the same commits everywhere', async () => {
  await using one = await sliceOfTarball();
  await using two = await sliceOfTarball();
  const refs = async (cache: string) => {
    await ensureWorld({ cache, context: contextOf() });
    return Promise.all(
      ['core', 'vendor', 'extensions/Cite', 'skins/Vector'].map((repo) => git(cache, repo, 'for-each-ref')),
    );
  };
  const first = await refs(one.cache);
  expect(await refs(two.cache)).toEqual(first);
  // The very ids: a change of the history is a new world, so raise WORLD_VERSION and write the locks again.
  expect(await git(one.cache, 'core', 'rev-parse', 'wmf/1.43.0-wmf.2')).toBe(
    'a7970e948bf2f75707939b8e6d3ca1ecd8c0a859',
  );
  expect(await git(one.cache, 'extensions/Cite', 'rev-parse', 'master')).toBe(
    '6d0549e01f2fe15de5095da0bd524922cdfaa663',
  );
});

it('gives every repo its files, modes and links, and every branch', async () => {
  await using slice = await sliceOfTarball();
  const world = await ensureWorld({ cache: slice.cache, context: contextOf() });
  expect(world).toMatchObject({
    ok: true,
    value: { components: ['core', 'extensions/Cite', 'skins/Vector', 'vendor'] },
  });
  const listed = await git(slice.cache, 'core', 'ls-tree', '-r', '--format=%(objectmode) %(path)', '1.43.9');
  expect(listed.split('\n')).toEqual([
    ...['100644 extensions/README', '120000 images', '100644 includes/Defines.php', '100644 index.php'],
  ]);
  expect(await git(slice.cache, 'skins/Vector', 'ls-tree', 'master', 'bin/tool')).toMatch(/^100755/);
  const branches = await git(slice.cache, 'vendor', 'for-each-ref', '--format=%(refname:short)');
  expect(branches.split('\n')).toEqual(['REL1_43', 'master', 'wmf/1.43.0-wmf.1', 'wmf/1.43.0-wmf.2', '1.43.9']);
});

it('its trains differ in version and messages; the release is what the tarball says', async () => {
  await using slice = await sliceOfTarball();
  await ensureWorld({ cache: slice.cache, context: contextOf() });
  const versions = ['REL1_43', 'wmf/1.43.0-wmf.1', 'wmf/1.43.0-wmf.2'].map((branch) =>
    git(slice.cache, 'core', 'show', `${branch}:includes/Defines.php`),
  );
  expect((await Promise.all(versions)).map((text) => /'([\d.a-z-]+)' \);/.exec(text)?.[1])).toEqual([
    ...['1.43.9', '1.43.0-wmf.1', '1.43.0-wmf.2'],
  ]);
  const changed = await git(
    slice.cache,
    'extensions/Cite',
    'diff',
    '--name-only',
    'wmf/1.43.0-wmf.1',
    'wmf/1.43.0-wmf.2',
  );
  expect(changed.split('\n')).toEqual(['i18n/de.json', 'i18n/en.json', 'src/ErrorReporter.php']);
});

it('is made once, and again where a kill left half of it', async () => {
  await using slice = await sliceOfTarball();
  const stop = new AbortController();
  const interrupted: RunContext<WorldEvent> = {
    ...contextOf([], stop.signal),
    emit: () => {
      stop.abort(new Error('interrupted'));
    },
  };
  await expect(ensureWorld({ cache: slice.cache, context: interrupted })).rejects.toThrow('interrupted');
  expect(await readdir(join(slice.cache, 'world'))).toEqual(['source']);
  const abandoned = join(slice.cache, 'world/.making-killed');
  await mkdir(abandoned);
  await utimes(abandoned, 1, 1);
  const events: WorldEvent[] = [];
  await ensureWorld({ cache: slice.cache, context: contextOf(events) });
  await ensureWorld({ cache: slice.cache, context: contextOf(events) });
  expect(events.map(({ code }) => code)).toEqual([
    'world/source-found',
    'world/source-differs',
    'world/made',
    'world/reused',
  ]);
  expect(await readdir(join(slice.cache, 'world'))).toEqual(['made', 'remotes', 'source']);
});

it('two processes at once make one', async () => {
  await using slice = await sliceOfTarball();
  const made = await Promise.all([1, 2, 3].map(() => ensureWorld({ cache: slice.cache, context: contextOf() })));
  expect(made.every((world) => world.ok)).toBe(true);
  expect(await readdir(join(slice.cache, 'world/made'))).toHaveLength(1);
});

it('refuses a source that its history is not written for, and leaves nothing', async () => {
  await using slice = await sliceOfTarball({ ...SLICE, 'extensions/Cite/i18n/en.json': '{}' });
  const making = ensureWorld({ cache: slice.cache, context: contextOf() });
  await expect(making).rejects.toThrow(
    /could not be turned into repos: expected once, found 0 times: tags for citations/,
  );
  expect(await readdir(join(slice.cache, 'world'))).toEqual(['source']);
});

it("a developer's checkout has the canonical remote and fetches from the world", async () => {
  await using slice = await sliceOfTarball();
  const world = await ensureWorld({ cache: slice.cache, context: contextOf() });
  const into = join(slice.cache, 'checkout');
  if (world.ok) await worldCheckout(world.value, { component: 'extensions/Cite', branch: 'wmf/1.43.0-wmf.1', into });
  const say = async (...args: string[]) => (await runCommand(['git', '-C', into, ...args])).stdout.trim();
  expect(await say('config', 'remote.origin.url')).toBe('https://world.mwpipe.example/r/mediawiki/extensions/Cite');
  await writeFile(join(into, 'new.php'), '');
  expect(await runCommand(['git', '-C', into, 'fetch'])).toMatchObject({ code: 0 });
  expect(await readFile(join(into, 'extension.json'), 'utf8')).toContain('Cite');
});
