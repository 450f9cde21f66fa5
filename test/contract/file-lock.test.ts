/** The file lock between real processes: one at a time, and the dead hold nobody up. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withFileLock } from '../../src/kernel/file-lock.ts';
import { hostProcesses } from '../../src/kernel/processes.ts';
import { testContext } from '../worlds/context.ts';

async function scratch(): Promise<AsyncDisposable & { readonly lock: string; readonly root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-lock-'));
  return { root, lock: join(root, 'x'), [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

const child = (...args: readonly string[]): ChildProcess =>
  fork(join(import.meta.dirname, '../worlds/child-lock.ts'), args);

async function holding(lock: string): Promise<{ readonly holder: ChildProcess; readonly program: number }> {
  const holder = child(lock, 'hold');
  const [{ program }] = (await once(holder, 'message')) as [{ readonly program: number }];
  return { holder, program };
}

const quiet = (signal?: AbortSignal) => ({ ...testContext({ signal }), emit: () => undefined });

it('lets one in at a time, though many find the same dead holder', async () => {
  await using place = await scratch();
  const { holder } = await holding(place.lock);
  const waiting = Array.from({ length: 4 }, () => child(place.lock, 'count', '10'));
  const ended = waiting.map((one) => once(one, 'exit'));
  holder.kill('SIGKILL');
  expect((await Promise.all(ended)).map(([code]: unknown[]) => code)).toEqual([0, 0, 0, 0]);
  expect(await readFile(`${place.lock}.count`, 'utf8')).toBe('40');
  expect(await readdir(place.root)).toEqual(['x.count']);
});

it('ends the program that a dead holder had started', async () => {
  await using place = await scratch();
  const { holder, program } = await holding(place.lock);
  const identity = hostProcesses.identityOf(program);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(hostProcesses.isAlive(identity)).toBe(true);
  await withFileLock(place.lock, quiet(), () => {
    expect(hostProcesses.isAlive(identity)).toBe(false);
    return Promise.resolve();
  });
});

it('waits for the living, until the run is aborted', async () => {
  await using place = await scratch();
  const { holder } = await holding(place.lock);
  const waiting = withFileLock(place.lock, quiet(AbortSignal.timeout(300)), () => Promise.resolve());
  await expect(waiting).rejects.toThrow(/abort/i);
  holder.send('end');
  await once(holder, 'exit');
  expect(await withFileLock(place.lock, quiet(), () => Promise.resolve('in'))).toBe('in');
});

it('an empty file, as a crash of the machine leaves it, holds nobody up', async () => {
  await using place = await scratch();
  await writeFile(place.lock, '');
  expect(await withFileLock(place.lock, quiet(), () => Promise.resolve('in'))).toBe('in');
  expect(await readdir(place.root)).toEqual([]);
});

it('is free again after what was done under it failed', async () => {
  await using place = await scratch();
  await expect(withFileLock(place.lock, quiet(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withFileLock(place.lock, quiet(), () => Promise.resolve('in'))).toBe('in');
});
