/** What the locks of a workspace name, so that it is kept however long ago it was used. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import { parseLockfile, type Lockfile, type LockedSubmodule } from '../lock/lockfile.ts';
import type { Locked } from './plan-gc.ts';

/** A lock that can't be read fails as `parseLockfile` does: nobody knows what it names, so nothing may go. */
export async function readLocked(root: string): Promise<Outcome<Locked>> {
  const folder = join(root, 'extension-sets');
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.lock.yaml')).sort();
  const locks = all(await Promise.all(files.map((name) => readOne(join(folder, name)))));
  if (!locks.ok) return locks;
  const urls = new Set<string>();
  const commits = new Set<string>();
  for (const { url, commit } of locks.value.flatMap(namedBy)) {
    urls.add(url);
    commits.add(commit);
  }
  return ok({ urls, commits });
}

async function readOne(file: string): Promise<Outcome<Lockfile>> {
  return parseLockfile(file, await readFile(file, 'utf8'));
}

interface Named {
  readonly url: string;
  readonly commit: string;
}

function namedBy({ components }: Lockfile): Named[] {
  return components.flatMap(({ url, commit, submodules = [], patch }) => [
    { url, commit },
    ...(patch?.changes ?? []).map((change) => ({ url, commit: change.commit })),
    ...submodules.flatMap(namedBySubmodule),
  ]);
}

function namedBySubmodule({ url, commit, submodules = [] }: LockedSubmodule): Named[] {
  return [{ url, commit }, ...submodules.flatMap(namedBySubmodule)];
}
