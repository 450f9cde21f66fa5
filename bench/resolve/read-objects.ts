/** All trees and blobs: mwpipe's reader, beside two git processes a repo, and one for all that is told every id. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { PLAIN_GIT } from '../../test/worlds/fast-import.ts';
import { playRounds } from './rounds.ts';
import type { BenchWorld } from './world.ts';

export interface ReadFigures {
  readonly oursMs: number;
  readonly pairMs: number;
  readonly pairsAtOnceMs: number;
  readonly oneMs: number;
  readonly blobs: number;
}

interface Fetched {
  readonly url: string;
  readonly mirror: string;
  readonly commit: string;
}

const AT_ONCE = 8;

/** @param cache with every component of the set fetched */
export async function readObjects(
  world: BenchWorld,
  { cache, rounds }: { readonly cache: string; readonly rounds: number },
  say: (text: string) => void,
): Promise<ReadFigures> {
  const fetched = await fetchedIn(world, cache);
  const union = join(world.folder, 'union');
  const every = await everyObject(fetched);
  await makeUnion(union, fetched);
  let blobs = 0;
  const names = {
    ours: 'mwpipe, 8 repos at once',
    pair: 'ls-tree and cat-file a repo',
    pairs: 'the same, 8 repos at once',
    one: 'one cat-file, told every id',
  };
  const sides = [
    {
      name: names.ours,
      play: () =>
        readOurs(world, cache, fetched).then((count) => {
          blobs = count;
        }),
    },
    { name: names.pair, play: () => readPairs(fetched, 1) },
    { name: names.pairs, play: () => readPairs(fetched, AT_ONCE) },
    { name: names.one, play: () => catFile(union, every) },
  ];
  const medians = await playRounds(rounds, sides, say);
  const took = (name: keyof typeof names): number => medians[names[name]] ?? 0;
  return { oursMs: took('ours'), pairMs: took('pair'), pairsAtOnceMs: took('pairs'), oneMs: took('one'), blobs };
}

async function fetchedIn(world: BenchWorld, cache: string): Promise<Fetched[]> {
  const git = world.open(cache);
  const { lock } = await world.resolve(git);
  await git.close();
  const folders = await readdir(join(cache, 'git'));
  return lock.components.map(({ url, commit }) => {
    const folder = folders.find((name) => name === encodeURIComponent(url)) ?? '';
    return { url, commit, mirror: join(cache, 'git', folder) };
  });
}

/** As a step does: the entries of each tree, then its blobs. */
async function readOurs(world: BenchWorld, cache: string, fetched: readonly Fetched[]): Promise<number> {
  const git = world.open(cache);
  const limit = pLimit(AT_ONCE);
  let count = 0;
  const read = async ({ url, commit }: Fetched): Promise<void> => {
    const entries = await git.objects.entries({ url, id: commit });
    const oids = entries.map(({ oid }) => oid);
    for await (const { data } of git.objects.blobs(url, oids)) if (data.length >= 0) count += 1;
  };
  await Promise.all(fetched.map((one) => limit(() => read(one))));
  await git.close();
  return count;
}

async function readPairs(fetched: readonly Fetched[], atOnce: number): Promise<void> {
  const limit = pLimit(atOnce);
  const read = async ({ mirror, commit }: Fetched): Promise<void> => {
    const listing = await output(mirror, ['ls-tree', '-r', '-l', '-z', commit], '');
    const oids = listing
      .toString()
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => line.split(' ')[2] ?? '');
    await catFile(mirror, oids);
  };
  await Promise.all(fetched.map((one) => limit(() => read(one))));
}

async function catFile(gitDir: string, oids: readonly string[]): Promise<void> {
  await output(gitDir, ['cat-file', '--batch', '--buffer'], `${oids.join('\n')}\n`);
}

async function output(gitDir: string, args: readonly string[], input: string): Promise<Buffer> {
  const child = spawn('git', ['--git-dir', gitDir, ...args], {
    env: { ...process.env, ...PLAIN_GIT },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
  child.stdin.on('error', () => undefined); // it needed none
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`git ${args.join(' ')} in ${gitDir} ended with ${code}`);
  return Buffer.concat(chunks);
}

/** Commits, trees and blobs: what our side reads too, in the order of the repos. */
async function everyObject(fetched: readonly Fetched[]): Promise<string[]> {
  const all: string[] = [];
  for (const { mirror, commit } of fetched) {
    const listed = await output(mirror, ['rev-list', '--objects', '--no-object-names', '--max-count=1', commit], '');
    all.push(...listed.toString().trim().split('\n'));
  }
  return all;
}

async function makeUnion(union: string, fetched: readonly Fetched[]): Promise<void> {
  await mkdir(join(union, 'objects/info'), { recursive: true });
  await mkdir(join(union, 'refs'));
  await writeFile(join(union, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(union, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  const lenders = fetched.map(({ mirror }) => `${mirror}/objects\n`);
  await writeFile(join(union, 'objects/info/alternates'), lenders.join(''));
}
