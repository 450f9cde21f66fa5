/** What a killed git left in a mirror and what would stop the next one. Only for who holds the mirror's lock. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const LOCKS = ['shallow.lock', 'packed-refs.lock', 'config.lock', 'HEAD.lock'] as const;
const REFS = ['refs/mwpipe', 'refs/mwpipe-trees', 'refs/mwpipe-tip'] as const;

export async function removeLeftovers(mirror: string): Promise<void> {
  const refs = await Promise.all(REFS.map((folder) => filesOf(join(mirror, folder))));
  const packs = await filesOf(join(mirror, 'objects', 'pack'));
  const keeps = await Promise.all(packs.filter((file) => file.endsWith('.keep')).map(ofFetch));
  const left = [
    ...LOCKS.map((name) => join(mirror, name)),
    ...refs.flat().filter((file) => file.endsWith('.lock')),
    ...packs.filter((file) => /\/tmp_[^/]+$/.test(file)),
    ...keeps.flat(),
  ];
  await Promise.all(left.map((file) => rm(file, { force: true, recursive: true })));
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

/** A fetch marks its pack so until its refs are there; a person may have marked one for other reasons. */
async function ofFetch(keep: string): Promise<string[]> {
  const text = await readFile(keep, 'utf8').catch(() => '');
  return text.startsWith('fetch-pack ') ? [keep] : [];
}
