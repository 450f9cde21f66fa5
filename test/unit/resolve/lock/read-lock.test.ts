import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatLockfile, lockFile, type Lockfile } from '../../../../src/resolve/lock/lockfile.ts';
import { readLock } from '../../../../src/resolve/lock/read-lock.ts';

it('makes nothing public of a private lock, wherever it was moved to', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-lock-'));
  const lock: Lockfile = { schema: 'mwpipe.lock/2', set: 'demo', mediawiki: '1.43.0', components: [] };
  await mkdir(join(root, 'extension-sets'));
  expect(lockFile(root, 'demo', 'private')).toBe(join(root, 'extension-sets/demo.private.lock.yaml'));
  await writeFile(lockFile(root, 'demo'), formatLockfile({ ...lock, visibility: 'private', security: 'next' }));
  expect(await readLock(root, 'demo')).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'lock/private', exit: 'refused' }],
  });
  await writeFile(lockFile(root, 'demo'), formatLockfile(lock));
  expect(await readLock(root, 'demo')).toMatchObject({ ok: true });
  await rm(root, { recursive: true });
});
