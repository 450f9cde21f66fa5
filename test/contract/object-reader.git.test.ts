/** The one reader of all mirrors on real git: how many processes it costs, and what it does when things go wrong. */
import { createHash, randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { gitProcesses, type GitProcesses } from '../../src/adapters/git/git-process.ts';
import { objectReader } from '../../src/adapters/git/object-reader.ts';
import { runCommand } from '../worlds/command.ts';
import { countedGit } from '../worlds/counted-git.ts';

interface ReaderWorld extends AsyncDisposable {
  readonly root: string;
  /** Where mirrors are. */
  readonly mirrors: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly git: GitProcesses;
  /** Processes that read, started since the last call. */
  readers(): Promise<string[]>;
  /** A bare repo below `mirrors` with one blob. @returns its folder and the blob's id */
  mirror(name: string, text?: string, format?: 'sha1' | 'sha256'): Promise<{ folder: string; oid: string }>;
}

async function readerWorld(refuses?: string): Promise<ReaderWorld> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-reader-'));
  const counted = await countedGit(root, refuses);
  const mirrors = join(root, 'git');
  await mkdir(mirrors);
  return {
    root,
    mirrors,
    environment: counted.environment,
    git: gitProcesses(counted.environment),
    readers: async () => (await counted.taken()).filter((line) => line.startsWith('cat-file')),
    mirror: async (name, text = name, format = 'sha1') => {
      const folder = join(mirrors, name);
      await bareRepo(folder, format);
      return { folder, oid: await addBlob(folder, text, format) };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** As git writes a loose object; a process for each of hundreds would take a minute. */
async function addBlob(folder: string, text: string, format = 'sha1'): Promise<string> {
  const data = Buffer.from(`blob ${Buffer.byteLength(text)}\0${text}`);
  const oid = createHash(format).update(data).digest('hex');
  await mkdir(join(folder, 'objects', oid.slice(0, 2)), { recursive: true });
  await writeFile(join(folder, 'objects', oid.slice(0, 2), oid.slice(2)), deflateSync(data));
  return oid;
}

async function bareRepo(folder: string, format = 'sha1'): Promise<void> {
  for (const below of ['objects/info', 'refs']) await mkdir(join(folder, below), { recursive: true });
  const extensions = format === 'sha256' ? '[extensions]\n\tobjectformat = sha256\n' : '';
  const version = format === 'sha256' ? 1 : 0;
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/master\n');
  await writeFile(
    join(folder, 'config'),
    `[core]\n\trepositoryformatversion = ${version}\n\tbare = true\n${extensions}`,
  );
}

const MOST = 1_000_000;

it('finds what is in a mirror that is made while git starts', async () => {
  await using world = await readerWorld();
  const { folder, oid } = await world.mirror('first');
  for (let at = 0; at < 60; at += 1) {
    const making = await world.mirror(`.making${at}`);
    const late = join(world.mirrors, `late${at}`);
    const reader = objectReader(world.mirrors, world.git);
    const first = reader.infos(folder, [oid]);
    await setImmediate();
    const until = performance.now() + (at % 12) / 2;
    while (performance.now() < until);
    renameSync(making.folder, late);
    expect(await reader.infos(late, [making.oid])).toMatchObject([{ type: 'blob' }]);
    expect(await first).toMatchObject([{ type: 'blob' }]);
    await reader.close();
  }
});

it('reads 200 mirrors with one process', async () => {
  await using world = await readerWorld();
  const made = await Promise.all(Array.from({ length: 200 }, (_, at) => world.mirror(`m${at}`, `mirror ${at}`)));
  const reader = objectReader(world.mirrors, world.git);
  const found = await Promise.all(made.map(({ folder, oid }) => reader.contents(folder, oid, MOST)));
  expect(found.map((one) => one?.data?.toString())).toEqual(made.map((_, at) => `mirror ${at}`));
  expect(await world.readers()).toHaveLength(1);
  await reader.close();
});

it('reads mirrors that are made while it runs with the same process, as long as it has room for them', async () => {
  await using world = await readerWorld();
  const reader = objectReader(world.mirrors, world.git);
  const first = await world.mirror('first');
  await reader.infos(first.folder, [first.oid]);
  for (let at = 0; at < 70; at += 1) {
    const { folder, oid } = await world.mirror(`late${at}`);
    expect((await reader.contents(folder, oid, MOST))?.data?.toString()).toBe(`late${at}`);
  }
  expect(await world.readers()).toHaveLength(2);
  await reader.close();
});

it('finds what comes into a mirror while it runs, and what that mirror borrows by then', async () => {
  await using world = await readerWorld();
  const reader = objectReader(world.mirrors, world.git);
  const { folder, oid } = await world.mirror('one');
  const outside = join(world.root, 'outside');
  await bareRepo(outside);
  const lent = await addBlob(outside, 'lent');
  await writeFile(join(folder, 'objects/info/alternates'), `${outside}/objects\n`);
  expect(await reader.infos(folder, [oid, lent])).toMatchObject([{ bytes: 3 }, { bytes: 4 }]);
  const later = await addBlob(folder, 'later');
  expect(await reader.infos(folder, [later])).toMatchObject([{ type: 'blob', bytes: 5 }]);
  expect(await world.readers()).toHaveLength(1);
  await reader.close();
});

it('goes on in a new process where the old one is killed', async () => {
  await using world = await readerWorld();
  const text = 'x'.repeat(3_000_000);
  const { folder, oid } = await world.mirror('one', text);
  const small = await addBlob(folder, 'small');
  const started: number[] = [];
  const start: GitProcesses['start'] = (command) => {
    const child = world.git.start(command);
    if (started.push(child.pid ?? 0) === 1) child.stdout.once('data', () => void child.kill('SIGKILL'));
    return child;
  };
  const reader = objectReader(world.mirrors, { ...world.git, start });
  const [big, ...others] = await Promise.all([
    reader.contents(folder, oid, text.length),
    ...Array.from({ length: 20 }, () => reader.contents(folder, small, MOST)),
  ]);
  expect(big?.data?.equals(Buffer.from(text))).toBe(true);
  expect(others.map((one) => one?.data?.toString())).toEqual(Array.from({ length: 20 }, () => 'small'));
  expect(started).toHaveLength(2);
  await reader.close();
});

it('says which object it is that kills git, and answers the others', async () => {
  await using world = await readerWorld();
  const { folder, oid } = await world.mirror('one');
  const damaged = await addBlob(folder, randomBytes(40_000).toString('hex'));
  const file = join(folder, 'objects', damaged.slice(0, 2), damaged.slice(2));
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(0, 20_000, 20_050));
  const reader = objectReader(world.mirrors, world.git);
  const asked = [oid, damaged, oid].map((one) => reader.contents(folder, one, MOST));
  const [before, broken, after] = await Promise.allSettled(asked);
  expect([before, after]).toMatchObject([{ value: { bytes: 3 } }, { value: { bytes: 3 } }]);
  expect(broken).toMatchObject({
    reason: { code: 'git/unreadable', message: expect.stringContaining(damaged) as string },
  });
  await reader.close();
});

it('drops a blob that is bigger than asked for as it comes, and answers the next', async () => {
  await using world = await readerWorld();
  const { folder, oid } = await world.mirror('one');
  const big = await addBlob(folder, 'x'.repeat(5_000_000));
  const reader = objectReader(world.mirrors, world.git);
  const [refused, next] = await Promise.all([reader.contents(folder, big, MOST), reader.contents(folder, oid, MOST)]);
  expect(refused).toEqual({ type: 'blob', bytes: 5_000_000, data: undefined });
  expect(next?.data?.toString()).toBe('one');
  await reader.close();
});

it('fetches nothing that a filtered mirror lacks: it is missing', async () => {
  await using world = await readerWorld();
  const { folder: remote, oid } = await world.mirror('remote', 'never fetched');
  const { folder, oid: own } = await world.mirror('filtered');
  await runCommand(['mv', remote, join(world.root, 'elsewhere')]);
  for (const [name, value] of [
    ['remote.origin.url', join(world.root, 'elsewhere')],
    ['remote.origin.promisor', 'true'],
    ['extensions.partialClone', 'origin'],
  ] as const)
    await runCommand(['git', '-C', folder, 'config', name, value]);
  const reader = objectReader(world.mirrors, world.git);
  expect(await reader.infos(folder, [own, oid])).toMatchObject([{ bytes: 8 }, undefined]);
  await reader.close();
});

it('reads repos of both lengths of ids', async () => {
  await using world = await readerWorld();
  const [short, long] = [await world.mirror('short'), await world.mirror('long', 'long', 'sha256')];
  expect(long.oid).toHaveLength(64);
  const reader = objectReader(world.mirrors, world.git);
  const found = await Promise.all([short, long].map(({ folder, oid }) => reader.contents(folder, oid, MOST)));
  expect(found.map((one) => one?.data?.toString())).toEqual(['short', 'long']);
  await reader.close();
});

it('asks a git older than 2.36 in the way that it knows', async () => {
  await using world = await readerWorld('batch-command');
  const { folder, oid } = await world.mirror('one');
  const reader = objectReader(world.mirrors, world.git);
  expect(await reader.infos(folder, [oid, '1'.repeat(40)])).toMatchObject([{ bytes: 3 }, undefined]);
  expect((await reader.contents(folder, oid, MOST))?.data?.toString()).toBe('one');
  expect(await world.readers()).toEqual([
    'cat-file --batch-command --buffer',
    'cat-file --batch-check',
    'cat-file --batch',
  ]);
  await reader.close();
});

it('takes whole ids only, and says where there is no git', async () => {
  await using world = await readerWorld();
  const { folder, oid } = await world.mirror('one');
  const reader = objectReader(world.mirrors, gitProcesses({ PATH: '/nowhere' }));
  for (const name of ['HEAD', '--help', `${oid}:a`, `${oid}\nflush`, ''])
    await expect(reader.infos(folder, [name])).rejects.toThrow('is no object id');
  await expect(reader.infos(folder, [oid])).rejects.toMatchObject({ code: 'git/missing' });
});

it('leaves neither a process nor a scratch repo, closed or forgotten', async () => {
  await using world = await readerWorld();
  const { folder, oid } = await world.mirror('one');
  const pids: number[] = [];
  const start: GitProcesses['start'] = (command) => {
    const child = world.git.start(command);
    pids.push(child.pid ?? 0);
    return child;
  };
  const reader = objectReader(world.mirrors, { ...world.git, start });
  await reader.infos(folder, [oid]);
  await reader.close();
  expect(await readdir(world.mirrors)).toEqual(['one']);
  await reader.infos(folder, [oid]); // and nobody closes it
  await vi.waitFor(async () => expect(await readdir(world.mirrors)).toEqual(['one']), {
    timeout: 30_000,
    interval: 200,
  });
  expect(pids).toHaveLength(2);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('lets a program that forgot it end at once', async () => {
  await using world = await readerWorld();
  const { folder, oid } = await world.mirror('one');
  const source = (name: string): string => join(import.meta.dirname, `../../src/adapters/git/${name}.ts`);
  const program = `
    import { objectReader } from ${JSON.stringify(source('object-reader'))};
    import { gitProcesses } from ${JSON.stringify(source('git-process'))};
    const reader = objectReader(${JSON.stringify(world.mirrors)}, gitProcesses(process.env));
    const [found] = await reader.infos(${JSON.stringify(folder)}, [${JSON.stringify(oid)}]);
    const { bytes } = found;
    process.stdout.write(bytes + ' ' + performance.now());
    process.on('exit', () => process.stdout.write(' ' + performance.now()));`;
  const done = await runCommand([process.execPath, '--input-type=module', '--eval', program]);
  const [bytes, asked, ended] = done.stdout.split(' ').map(Number);
  expect({ code: done.code, bytes, stderr: done.stderr }).toEqual({ code: 0, bytes: 3, stderr: '' });
  expect((ended ?? 0) - (asked ?? 0)).toBeLessThan(1_500);
});
