/** Tiny real remotes from an object in one line: `await using world = await gitWorld({ core: { 'a.php': '<?php' } })`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openGit, type GitPorts } from '../../src/adapters/git/index.ts';
import { runCommand } from './command.ts';
import { PLAIN_GIT } from './fast-import.ts';
import type { GitServer } from './git-servers.ts';

/** Text by path; undefined removes the file; a submodule is the commit of another repo. */
export type WorldFiles = Readonly<Record<string, string | undefined | { readonly submodule: string }>>;

export interface GitWorld extends AsyncDisposable {
  /** A folder of its own: the caches and checkouts of a test live in it. */
  readonly root: string;
  readonly cache: string;
  readonly ports: GitPorts;
  /** Ports as of another process; through another remote, or with another cache. */
  open(other?: { readonly through?: string; readonly cache?: string }): GitPorts;
  /** Canonical url of a repo. */
  url(name: string): string;
  /** Adds a commit; a branch that isn't there yet starts at `from`. @returns its id */
  commit(name: string, files: WorldFiles, where?: { branch?: string; from?: string }): Promise<string>;
  tag(name: string, tag: string, annotated?: boolean): Promise<void>;
  /** A developer's clone, with a remote of canonical url. @returns its folder */
  checkout(name: string, branch?: string): Promise<string>;
  /** Runs git in a folder; throws what it says when it fails. */
  git(folder: string, ...args: readonly string[]): Promise<string>;
}

const HOST = 'https://git.world.example/r/';

export interface GitWorldOptions {
  /** Puts a server over the folder of the remotes, through which they are reached. @default file:// */
  readonly serve?: (remotes: string) => Promise<GitServer>;
  /** @default that of the adapter */
  readonly silenceMs?: number;
  /** On top of the machine's: who commits. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One remote a name, its files committed to master. */
export async function gitWorld(
  repos: Readonly<Record<string, WorldFiles>>,
  options: GitWorldOptions = {},
): Promise<GitWorld> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-world-'));
  const cache = join(root, 'cache');
  await mkdir(cache);
  await mkdir(join(root, 'remotes'));
  const server = await options.serve?.(join(root, 'remotes'));
  const opened: GitPorts[] = [];
  const open: GitWorld['open'] = (other) => {
    const to = other?.through ?? server?.url ?? 'file://{cache}/../remotes/';
    const silence = options.silenceMs === undefined ? {} : { silenceMs: options.silenceMs };
    const environment = { ...process.env, ...PLAIN_GIT, ...options.environment };
    const ports = openGit({ cache: other?.cache ?? cache, mirrors: [{ from: HOST, to }], environment, ...silence });
    opened.push(ports);
    return ports;
  };
  const remote = (name: string): string => join(root, 'remotes', 'mediawiki', `${name}.git`);
  const url = (name: string): string => `${HOST}mediawiki/${name}`;
  const commit: GitWorld['commit'] = (name, files, where) => addCommit(remote(name), files, where);
  for (const [name, files] of Object.entries(repos)) await commit(name, files);
  return {
    root,
    cache,
    ports: open(),
    open,
    url,
    commit,
    git,
    tag: async (name, tag, annotated = false) => {
      const options = annotated ? ['-a', '-m', tag] : [];
      await git(remote(name), ...AUTHOR, 'tag', ...options, tag, 'master');
    },
    checkout: async (name, branch = 'master') => {
      const folder = await mkdtemp(join(root, 'checkout-'));
      const mapping = `url.file://${join(root, 'remotes')}/.insteadOf=${HOST}`;
      const settings = [mapping, 'user.name=A Developer', 'user.email=developer@world.example'];
      await git(root, 'clone', '-q', ...settings.flatMap((one) => ['-c', one]), '-b', branch, url(name), folder);
      return folder;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map((ports) => ports.close()));
      await server?.[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** As `git fast-import` reads them. */
export function importLines(files: WorldFiles): string[] {
  return Object.entries(files).map(([path, text]) => {
    if (text === undefined) return `D ${path}\n`;
    if (typeof text === 'object') return `M 160000 ${text.submodule} ${path}\n`;
    return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  });
}

const AUTHOR = ['-c', 'user.name=World', '-c', 'user.email=world@world.example'] as const;

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const done = await runCommand(['git', '-C', folder, ...args], { env: PLAIN_GIT });
  if (done.code !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
  return done.stdout.trimEnd();
}

export async function addCommit(
  gitDir: string,
  files: WorldFiles,
  { branch = 'master', from = 'master' }: { branch?: string; from?: string } = {},
): Promise<string> {
  if (!existsSync(gitDir)) {
    await mkdir(dirname(gitDir), { recursive: true });
    await runCommand(['git', 'init', '-q', '--bare', '-b', 'master', gitDir], { env: PLAIN_GIT });
  }
  const refs = await runCommand(['git', '-C', gitDir, 'for-each-ref', '--format=%(refname)'], { env: PLAIN_GIT });
  const known = refs.stdout.split('\n');
  const parent = [branch, from].find((name) => known.includes(`refs/heads/${name}`));
  const changes = importLines(files);
  const author = 'committer World <world@world.example> 1728259200 +0000';
  const start = parent === undefined ? '' : `from refs/heads/${parent}^0\n`;
  const stream = `commit refs/heads/${branch}\n${author}\ndata 6\nchange\n${start}${changes.join('')}\n`;
  const importer = spawn('git', ['-C', gitDir, 'fast-import', '--quiet'], {
    env: { ...process.env, ...PLAIN_GIT },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  importer.stdin.end(stream);
  const [code] = (await once(importer, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import in ${gitDir} ended with ${code}`);
  return git(gitDir, 'rev-parse', `refs/heads/${branch}`);
}
