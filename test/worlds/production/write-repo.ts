/** Writes one generated repo by one stream to `git fast-import`: its commits, branches and tag. */
import { spawn } from 'node:child_process';
import { PLAIN_GIT } from '../fast-import.ts';
import { makeBareRepo, refsOf } from './bare-repo.ts';
import type { RepoFiles } from './repo-files.ts';

export interface WrittenCommit {
  readonly message: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly files: RepoFiles;
  /** Submodules: commit by path. */
  readonly links?: Readonly<Record<string, string>>;
  /** `refs/heads/...` that name it. */
  readonly refs: readonly string[];
  /** An annotated tag on it. */
  readonly tag?: string | undefined;
}

const PERSON = 'mwpipe world <world@world.mwpipe.example>';
const IMPORT = ['-c', 'core.fsync=none', '-c', 'pack.compression=1', '-c', 'fastimport.unpackLimit=0'] as const;

/** Each commit follows the one before it. @returns the commit of master */
export async function writeRepo(
  gitDir: string,
  commits: readonly WrittenCommit[],
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  await makeBareRepo(gitDir);
  const args = [`--git-dir=${gitDir}`, ...IMPORT, 'fast-import', '--quiet', '--depth=0', '--done'];
  const git = spawn('git', args, { env: { ...process.env, ...PLAIN_GIT }, stdio: ['pipe', 'ignore', 'pipe'], signal });
  let said = '';
  git.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  git.stdin.on('error', () => undefined); // its end says why
  git.on('error', (error) => (said += error.message)); // and it is waited for all the same: it may still write
  const closed = new Promise<number | null>((resolve) => void git.on('close', resolve));
  git.stdin.end(`${commits.map(commitCommands).join('')}done\n`);
  const code = await closed;
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`git fast-import of ${gitDir} ended with ${String(code)}: ${said}`);
  return (await refsOf(gitDir)).find(([name]) => name === 'refs/heads/master')?.[1] ?? '';
}

function commitCommands(commit: WrittenCommit, index: number): string {
  const mark = index + 1;
  const head = `commit refs/heads/master\nmark :${mark}\ncommitter ${PERSON} ${commit.at} +0000\n`;
  const files = Object.entries(commit.files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  const links = Object.entries(commit.links ?? {}).map(([path, id]) => `M 160000 ${id} ${path}\n`);
  const refs = commit.refs.map((ref) => `reset ${ref}\nfrom :${mark}\n\n`);
  const tag =
    commit.tag === undefined
      ? ''
      : `tag ${commit.tag}\nfrom :${mark}\ntagger ${PERSON} ${commit.at} +0000\n${data(`MediaWiki ${commit.tag}\n`)}`;
  return `${head}${data(`${commit.message}\n`)}${files.join('')}${links.join('')}\n${refs.join('')}${tag}`;
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
