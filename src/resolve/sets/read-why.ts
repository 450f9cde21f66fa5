/** Reads set and lock for `mwpipe why`; no network, and no lock is no mistake. */
import { existsSync } from 'node:fs';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import { lockFile } from '../lock/lockfile.ts';
import { readLock } from '../lock/read-lock.ts';
import { readSet } from './extension-set.ts';
import { whyComponent, type Why } from './why.ts';

export async function why(root: string, set: string, component: string): Promise<Outcome<Why>> {
  const read = await readSet(root, set);
  if (!read.ok) return read;
  const lock = existsSync(lockFile(root, set)) ? await readLock(root, set) : ok(undefined);
  return lock.ok ? whyComponent(component, read.value, lock.value) : lock;
}
