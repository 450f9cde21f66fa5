/**
 * Repos for the benchmark: each like a small extension, about 60 files, 20 commits, 22 refs; written by git's own
 * fast-import from a counted-out sequence of words, so that every run has the same ids.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { PLAIN_GIT } from '../../test/worlds/fast-import.ts';

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
  for (const below of ['objects', 'refs']) await mkdir(join(gitDir, below), { recursive: true });
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/master\n');
  await writeFile(join(gitDir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  await fastImport(gitDir, history({ name, random: counted(seed + 1) }), signal);
  return { name, path, gitDir };
}

/** Written whole: a write for each of 16,000 files would take longer than git does. */
async function fastImport(gitDir: string, stream: string, signal?: AbortSignal): Promise<void> {
  const config = ['-c', 'core.fsync=none', '-c', 'pack.compression=1', '-c', 'fastimport.unpackLimit=0'];
  const child = spawn('git', ['--git-dir', gitDir, ...config, 'fast-import', '--quiet', '--depth=0'], {
    env: { ...process.env, ...PLAIN_GIT },
    stdio: ['pipe', 'ignore', 'inherit'],
    signal,
  });
  child.stdin.end(stream);
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import in ${gitDir} ended with ${code}`);
}

function history({ name, random }: { readonly name: string; readonly random: () => number }): string {
  const first = [modify(...described(name))];
  for (let at = 0; at < FILES; at += 1) first.push(modify(pathOf(at), words(random)));
  const parts = [commit({ mark: 1, message: 'begin' }, first)];
  for (let mark = 2; mark <= COMMITS; mark += 1) {
    parts.push(
      commit({ mark, message: `change ${mark}` }, [modify(pathOf(Math.floor(random() * FILES)), words(random))]),
    );
  }
  const ref = (named: string, mark: number): string => `reset ${named}\nfrom :${mark}\n\n`;
  const branches = Array.from({ length: BRANCHES }, (_, at) => ref(`refs/heads/wmf/1.43.0-wmf.${at + 1}`, at + 1));
  return [...parts, ...branches, ref('refs/tags/1.0', 1), ref('refs/tags/1.1', 2)].join('');
}

function commit(
  { mark, message }: { readonly mark: number; readonly message: string },
  changes: readonly string[],
): string {
  const who = `committer B <b@bench.example> ${STARTED + mark * DAY} +0000`;
  const from = mark === 1 ? '' : `from :${mark - 1}\n`;
  const begin = `commit refs/heads/master\nmark :${mark}\n${who}\n${data(message)}${from}`;
  return `${begin}${changes.join('')}\n`;
}

function modify(path: string, text: string): string {
  return `M 100644 inline ${path}\n${data(text)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
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
  const who = `committer B <b@bench.example> ${STARTED + 99 * DAY} +0000`;
  const pushed = `commit refs/heads/master\n${who}\n${data('push')}from refs/heads/master^0\n`;
  await fastImport(repo.gitDir, `${pushed}${modify('pushed.php', '<?php\n')}\n`);
}
