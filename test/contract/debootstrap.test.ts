// needs: root, debian
/** Bootstrapping on the real machine; a whole one takes a minute, so here it is only broken off. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { debootstrap } from '../../src/adapters/host/debootstrap.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import { testContext } from '../worlds/context.ts';

it('leaves no folder, no mount and no process when it is interrupted, and sweeps what a killed one left', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-base-'));
  const roots = join(folder, 'roots');
  await mkdir(join(roots, '999999999-left', 'proc'), { recursive: true });
  const interrupt = new AbortController();
  const context = testContext({ signal: interrupt.signal });
  let lines = 0;
  const emit = (): void => {
    lines += 1;
    if (lines === 3) interrupt.abort(new Error('interrupted'));
  };
  const blobs = blobStore(join(folder, 'blobs'));
  const bootstrapping = debootstrap(roots, blobs).bootstrap(
    { debian: 'bookworm', variant: 'minbase' },
    { ...context, emit },
  );
  await expect(bootstrapping).rejects.toThrow('interrupted');
  expect(await readdir(roots)).toEqual([]);
  expect(await readFile('/proc/mounts', 'utf8')).not.toContain(folder);
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(roots);
  await rm(folder, { recursive: true });
});
