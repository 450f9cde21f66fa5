/**
 * Bare repos made by hand, which costs no process: an empty one, and one that borrows the objects of another and starts
 * with its refs, so that a test may push to it while the other stays as it is.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';

export async function makeBareRepo(gitDir: string): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']) {
    await mkdir(join(gitDir, folder), { recursive: true });
  }
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/master\n');
  await writeFile(join(gitDir, 'config'), CONFIG);
}

export async function borrowRepo(from: string, gitDir: string): Promise<void> {
  await makeBareRepo(gitDir);
  await writeFile(join(gitDir, 'objects/info/alternates'), `${join(from, 'objects')}\n`);
  const refs = await refsOf(from);
  await writeFile(join(gitDir, 'packed-refs'), refs.map(([name, id]) => `${id} ${name}\n`).join(''));
}

/** Loose and packed ones; a repo that fast-import wrote has them loose, one that borrows has them packed. */
export async function refsOf(gitDir: string): Promise<[name: string, id: string][]> {
  const packed = await readFile(join(gitDir, 'packed-refs'), 'utf8').catch(() => '');
  const refs = new Map([...packed.matchAll(/^([0-9a-f]+) (\S+)$/gm)].map(([, id = '', name = '']) => [name, id]));
  const loose = await readdir(join(gitDir, 'refs'), { recursive: true, withFileTypes: true });
  for (const entry of loose.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name);
    refs.set(file.slice(gitDir.length + 1), (await readFile(file, 'utf8')).trim());
  }
  return [...refs].sort(([a], [b]) => (a < b ? -1 : 1));
}
