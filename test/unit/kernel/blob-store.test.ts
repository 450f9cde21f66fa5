import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { blobStore } from '../../../src/kernel/blob-store.ts';
import { writeAtomically } from '../../../src/kernel/write-atomically.ts';
import { sha256 } from '../../../src/kernel/digest.ts';

it('keeps the same content once, under its digest', async () => {
  using folder = temporaryFolder();
  const store = blobStore(folder.path);
  const first = await store.put(chunks('some ', 'layer'));
  const second = await store.put(chunks('some layer'));
  expect(second).toEqual(first);
  expect(first).toMatchObject({ digest: sha256('some layer'), bytes: 10 });
  expect(await buffer(store.open(first.digest))).toEqual(Buffer.from('some layer'));
  expect(filesIn(folder.path)).toHaveLength(1);
});

it('has what was put, and nothing else', async () => {
  using folder = temporaryFolder();
  const store = blobStore(folder.path);
  const { digest } = await store.put(chunks('x'));
  expect(await store.has(digest)).toMatchObject({ digest, bytes: 1 });
  expect(await store.has(sha256('y'))).toBeUndefined();
  expect(await store.read(sha256('y'))).toBeUndefined();
});

it('removes a damaged blob when it is read, so that it is made again', async () => {
  using folder = temporaryFolder();
  const store = blobStore(folder.path);
  const { digest, path } = await store.put(chunks('whole'));
  truncateSync(path, 2);
  expect(await store.read(digest)).toBeUndefined();
  expect(existsSync(path)).toBe(false);
  await store.put(chunks('whole'));
  expect(await store.read(digest)).toEqual(Buffer.from('whole'));
});

it('lets many write the same and other blobs at once', async () => {
  using folder = temporaryFolder();
  const jobs = Array.from({ length: 40 }, (_, n) => blobStore(folder.path).put(chunks('blob ', String(n % 5))));
  const digests = new Set((await Promise.all(jobs)).map((blob) => blob.digest));
  expect(digests.size).toBe(5);
  expect(filesIn(folder.path)).toHaveLength(5);
});

it('leaves nothing of a write that breaks in the middle', async () => {
  using folder = temporaryFolder();
  const store = blobStore(folder.path);
  await expect(store.put(breaking())).rejects.toThrow('the source broke');
  expect(filesIn(folder.path)).toEqual([]);
});

it('recalls what an earlier run remembered, by any name, and forgets a damaged note', async () => {
  using folder = temporaryFolder();
  const store = blobStore(folder.path);
  await store.remember('layer/../../../etc/ü', { bytes: 3 });
  expect(await blobStore(folder.path).recall('layer/../../../etc/ü')).toEqual({ bytes: 3 });
  expect(await store.recall('layer/other')).toBeUndefined();
  for (const file of globSync('named/*', { cwd: folder.path })) writeFileSync(join(folder.path, file), '{"bytes":');
  expect(await store.recall('layer/../../../etc/ü')).toBeUndefined();
});

it('replaces a file as a whole', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'deep', 'state.json');
  await writeAtomically(file, 'old');
  await writeAtomically(file, 'new');
  expect(readdirSync(join(folder.path, 'deep'))).toEqual(['state.json']);
});

const isRoot = process.getuid?.() === 0;

it.skipIf(!isRoot)('says that the disk is full, and keeps no half of a blob', async ({ skip }) => {
  using disk = smallDisk() ?? skip('this machine lets nobody mount');
  const store = blobStore(disk.path);
  const { digest } = await store.put(chunks('fits'));
  await expect(store.put(megabytes(4))).rejects.toMatchObject({ code: 'disk/full', source: 'outside' });
  expect(filesIn(disk.path)).toHaveLength(1);
  expect(await store.read(digest)).toEqual(Buffer.from('fits'));
  await expect(store.remember('big', 'x'.repeat(4_000_000))).rejects.toMatchObject({ code: 'disk/full' });
  expect(filesIn(disk.path)).toHaveLength(1);
});

interface Folder extends Disposable {
  readonly path: string;
}

function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'mwpipe-blobs-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A disk of one megabyte, in memory. */
function smallDisk(): Folder | undefined {
  const path = mkdtempSync(join(tmpdir(), 'mwpipe-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'pipe' });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const unmount = (): void => {
    execFileSync('umount', [path]);
    rmSync(path, { recursive: true });
  };
  return { path, [Symbol.dispose]: unmount };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield* chunks('half of it');
  throw new Error('the source broke');
}

async function* megabytes(count: number): AsyncGenerator<Uint8Array> {
  for (let made = 0; made < count; made += 1) yield await Promise.resolve(Buffer.alloc(1_000_000, made));
}
