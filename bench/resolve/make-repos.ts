/**
 * Repos for the benchmark: each like a small extension, about 60 files, 20 commits, 22 refs; written by git's own
 * fast-import from a counted-out sequence of words, so that every run has the same ids.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { importRemote, PLAIN_GIT, type ImportedFile, type Importer } from '../../test/worlds/fast-import.ts';

export interface MadeRepo {
  readonly name: string;
  /** Below the server's url. */
  readonly path: string;
  /** Bare, below the folder that the server serves. */
  readonly gitDir: string;
}

const FILES = 59;
const COMMITS = 20;
const BRANCHES = 19;
const STARTED = 1_728_259_200;
const DAY = 86_400;

/** Core and extensions, `count` together. */
export async function makeRepos(folder: string, count: number, signal: AbortSignal): Promise<MadeRepo[]> {
  const limit = pLimit(4);
  const names = Array.from({ length: count - 1 }, (_, at) => `Bench${String(at).padStart(3, '0')}`);
  const made = ['core', ...names].map((name, seed) => limit(() => makeRepo({ folder, name, seed }, signal)));
  return Promise.all(made);
}

interface Plan {
  readonly folder: string;
  readonly name: string;
  readonly seed: number;
}

async function makeRepo({ folder, name, seed }: Plan, signal: AbortSignal): Promise<MadeRepo> {
  const path = name === 'core' ? 'core' : `extensions/${name}`;
  const gitDir = join(folder, `${path}.git`);
  await mkdir(dirname(gitDir), { recursive: true });
  const importer = await importRemote(gitDir, signal);
  const random = counted(seed + 1);
  const commits = await writeHistory(importer, { name, random });
  await importer.ref('refs/heads/master', commits.at(-1) ?? 0);
  for (let at = 0; at < BRANCHES; at += 1)
    await importer.ref(`refs/heads/wmf/1.43.0-wmf.${at + 1}`, commits[at % commits.length] ?? 0);
  for (const [at, tag] of ['1.0', '1.1'].entries()) await importer.ref(`refs/tags/${tag}`, commits[at] ?? 0);
  await importer.finish();
  return { name, path, gitDir };
}

async function writeHistory(
  importer: Importer,
  { name, random }: { readonly name: string; readonly random: () => number },
): Promise<number[]> {
  const write = async (path: string, text: string): Promise<ImportedFile> => {
    return { path, mode: '100644', mark: await importer.blob(Buffer.from(text)) };
  };
  const first = [await write(...described(name))];
  for (let at = 0; at < FILES; at += 1) first.push(await write(pathOf(at), words(random)));
  const commits = [await importer.commit({ message: 'begin', at: STARTED, parent: undefined, files: first })];
  while (commits.length < COMMITS) {
    const files = [await write(pathOf(Math.floor(random() * FILES)), words(random))];
    const at = STARTED + commits.length * DAY;
    commits.push(await importer.commit({ message: `change ${commits.length}`, at, parent: commits.at(-1), files }));
  }
  return commits;
}

function described(name: string): [path: string, text: string] {
  if (name === 'core') return ['includes/Defines.php', "<?php\ndefine( 'MW_VERSION', '1.43.0' );\n"];
  const manifest = { name, version: '1.0.0', requires: { MediaWiki: '>= 1.43' }, manifest_version: 2 };
  return ['extension.json', JSON.stringify(manifest)];
}

function pathOf(at: number): string {
  const folder = ['src', 'src/Hooks', 'i18n', 'resources/ext', 'tests/phpunit'][at % 5] ?? 'src';
  return `${folder}/file${at}.${['php', 'php', 'json', 'js', 'php'][at % 5] ?? 'php'}`;
}

/** Mulberry32: the same numbers everywhere. */
function counted(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const WORDS = 'function public static return array wiki page title revision user hook service null true config'.split(
  ' ',
);

/** Some 3 kB that compress as source does; no two are the same. */
function words(random: () => number): string {
  const lines = Array.from({ length: 20 + Math.floor(random() * 60) }, () => {
    const one = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
    return `\t${one()} ${one()}( $${one()}${Math.floor(random() * 1000)}, '${one()}' ); // ${one()}`;
  });
  return `${lines.join('\n')}\n`;
}

/** One more commit on master, as somebody pushes it. */
export async function changeRepo(repo: MadeRepo | undefined): Promise<void> {
  if (repo === undefined) throw new Error('no such repo');
  const commit = `commit refs/heads/master\ncommitter B <b@bench.example> ${STARTED + 99 * DAY} +0000\ndata 4\npush\n`;
  const child = spawn('git', ['-C', repo.gitDir, 'fast-import', '--quiet'], {
    env: { ...process.env, ...PLAIN_GIT },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(`${commit}from refs/heads/master^0\nM 100644 inline pushed.php\ndata 6\n<?php\n\n`);
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import in ${repo.gitDir} ended with ${code}`);
}
