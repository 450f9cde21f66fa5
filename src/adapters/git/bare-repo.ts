/** Makes and recognises the bare repos of the cache, as files: starting git for each of 200 would take a second or more. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BareRepo {
  /** Of 64 digits, the ids of this repo are sha256. */
  readonly commit?: string | undefined;
  /** Where blobs that were left out would come from: only a repo of filtered trees has that. */
  readonly promisor?: string | undefined;
}

export async function makeBareRepo(folder: string, repo: BareRepo): Promise<void> {
  await mkdir(join(folder, 'objects', 'info'), { recursive: true });
  await mkdir(join(folder, 'objects', 'pack'));
  await mkdir(join(folder, 'refs'));
  await writeFile(join(folder, 'config'), configOf(repo));
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
}

/** By files alone: git's own look is as short. */
export async function isBareRepo(folder: string): Promise<boolean> {
  const [head, config] = await Promise.all([read(join(folder, 'HEAD')), read(join(folder, 'config'))]);
  return head?.startsWith('ref: ') === true && config !== undefined && /^\s*bare\s*=\s*true$/m.test(config);
}

/** `gc.auto`: snapshots of work trees have no refs. */
export function configOf({ commit = '', promisor }: BareRepo): string {
  const sha256 = commit.length === 64;
  const version = sha256 || promisor !== undefined ? 1 : 0;
  const core = `[core]\n\trepositoryformatversion = ${version}\n\tfilemode = true\n\tbare = true\n`;
  const format = sha256 ? '[extensions]\n\tobjectformat = sha256\n' : '';
  const from = promisor === undefined ? '' : promisorOf(promisor);
  return `${core}[gc]\n\tauto = 0\n${format}${from}`;
}

function promisorOf(url: string): string {
  const quoted = `"${url.replace(/[\\"]/g, '\\$&')}"`;
  const remote = `[remote "origin"]\n\turl = ${quoted}\n\tpromisor = true\n\tpartialclonefilter = blob:none\n`;
  return `[extensions]\n\tpartialclone = origin\n${remote}`;
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
