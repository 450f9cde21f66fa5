/** What both sides of the build benchmarks stand on: a workspace with the tarball's set, the same files as a folder, a runtime. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { environment } from '../../src/cli/process.ts';
import { readLock, type LockedComponent } from '../../src/resolve/index.ts';

export const SET = 'tarball';
export const EXTENSION = 'Cite';
const checkout = resolve(import.meta.dirname, '../..');
/** Debian's own CLI: a newer one elsewhere on PATH wants a plugin for BuildKit. */
export const DOCKER = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker';

export interface BuildWorld {
  readonly folder: string;
  readonly workspace: string;
  /** Context of `docker build`: `mw/` is MediaWiki, `Dockerfile` copies it onto the runtime. */
  readonly context: string;
  /** A checkout of one extension. */
  readonly patch: string;
  /** Tag of the runtime that all sides stand on. */
  readonly runtime: string;
  readonly tag: string;
  readonly components: readonly LockedComponent[];
  /** Image names that were made, removed at the end. */
  readonly made: Set<string>;
}

export interface Built {
  readonly imageId: string;
  readonly manifestDigest: string;
  readonly tag: string;
  readonly sentBytes: number;
  readonly layers: readonly {
    readonly name: string;
    readonly state: string;
    readonly bytes: number;
    readonly diffId: string;
    readonly blob: { readonly digest: string; readonly bytes: number };
  }[];
}

export async function buildWorld(): Promise<BuildWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'mwpipe-bench-'));
  const [workspace, context, patch] = ['workspace', 'context', EXTENSION].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(workspace);
  for (const one of ['mwpipe.yaml', 'images', 'extension-sets']) {
    cpSync(join(checkout, one), join(workspace, one), { recursive: true });
  }
  const tag = `mwpipe-bench/build-${process.pid}`;
  mwpipe(workspace, ['resolve', SET]);
  const built = mwpipe(workspace, ['build', SET]);
  const runtime = `${tag}:runtime`;
  docker(['tag', runtimeOf(built), runtime]);
  const lock = await readLock(workspace, SET);
  if (!lock.ok) throw new Error(lock.diagnostics[0].message);
  const { components } = lock.value;
  for (const component of components) checkOut(component, { context, patch });
  writeFileSync(join(context, 'Dockerfile'), `FROM ${runtime}\nCOPY mw /srv/mediawiki\n`);
  return { folder, workspace, context, patch, runtime, tag, components, made: new Set([runtime]) };
}

export function removeWorld({ folder, made }: BuildWorld): void {
  spawnSync(DOCKER, ['image', 'rm', '--force', ...made], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}

/** The image below ours: the engine names it by its layers alone. */
function runtimeOf(built: Built): string {
  const below = built.layers.filter((one) => one.state === 'runtime').map(({ diffId }) => diffId);
  const runtimes = docker(['image', 'ls', '--quiet', '--no-trunc', '--filter', 'label=mwpipe.kind=runtime']).split(
    '\n',
  );
  const layersOf = (id: string): string => docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', id]);
  const found = runtimes.find((id) => layersOf(id) === JSON.stringify(below));
  if (found === undefined) throw new Error('the runtime of the image is not in the engine');
  return found;
}

/** The files for the other sides, and a developer's clone of one extension for ours. */
function checkOut(
  { url, path, tree, name, commit }: LockedComponent,
  { context, patch }: { readonly context: string; readonly patch: string },
): void {
  const repo = mirrorOf(url);
  const target = join(context, 'mw', path);
  mkdirSync(target, { recursive: true });
  execFileSync('sh', ['-c', 'git -C "$1" archive "$2" | tar -x -C "$3"', 'sh', repo, tree, target]);
  if (name !== EXTENSION) return;
  const git = (...args: string[]): void => void execFileSync('git', ['-C', patch, ...args]);
  execFileSync('git', ['init', '--quiet', '--initial-branch=bench', patch]);
  writeFileSync(join(patch, '.git/objects/info/alternates'), `${join(repo, 'objects')}\n`);
  git('remote', 'add', 'origin', url);
  git('update-ref', 'refs/heads/bench', commit);
  git('reset', '--quiet', '--hard');
}

export function mirrorOf(url: string): string {
  return join(environment.cache(), 'git', encodeURIComponent(url));
}

/** What is published, where it was built (`npm run build`), else the sources. */
export function program(): string {
  const published = join(checkout, 'dist/cli.js');
  return existsSync(published) ? published : join(checkout, 'src/cli/mwpipe.ts');
}

export function mwpipe(workspace: string, args: readonly string[], cache = environment.cache()): Built {
  const ran = spawnSync(process.execPath, [program(), '--json', ...args], {
    cwd: workspace,
    maxBuffer: 1e9,
    env: { ...process.env, MWPIPE_CACHE: cache },
  });
  const last = ran.stdout.toString().trim().split('\n').at(-1) ?? '';
  if (ran.status !== 0) throw new Error(`mwpipe ${args.join(' ')}: ${last}${ran.stderr.toString()}`);
  return (JSON.parse(last) as { value: Built }).value;
}

/** A cache that has repos and runtimes, and nothing that was made of them. */
export function coldCache(folder: string): string {
  const cache = environment.cache();
  const cold = mkdtempSync(join(folder, 'cache-'));
  execFileSync('cp', ['-al', join(cache, 'git'), join(cold, 'git')]);
  if (existsSync(join(cache, 'world'))) execFileSync('ln', ['-s', join(cache, 'world'), join(cold, 'world')]);
  const named = join(cache, 'blobs/named');
  mkdirSync(join(cold, 'blobs/named'), { recursive: true });
  for (const name of readdirSync(named).filter((one) => /^(base|runtime|tree-bytes|lock)%2F/.test(one))) {
    const text = readFileSync(join(named, name), 'utf8');
    writeFileSync(join(cold, 'blobs/named', name), text);
    for (const [, hex = ''] of text.matchAll(/"digest":"sha256:([0-9a-f]{64})"/g)) linkBlob(hex, { cache, cold });
  }
  return cold;
}

function linkBlob(hex: string, { cache, cold }: { readonly cache: string; readonly cold: string }): void {
  const path = join('blobs/sha256', hex.slice(0, 2), hex);
  if (!existsSync(join(cache, path)) || existsSync(join(cold, path))) return;
  mkdirSync(dirname(join(cold, path)), { recursive: true });
  linkSync(join(cache, path), join(cold, path));
}

export function docker(args: readonly string[], options: { readonly buildkit?: boolean } = {}): string {
  const env = { ...process.env, DOCKER_BUILDKIT: options.buildkit === true ? '1' : '0' };
  return execFileSync(DOCKER, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
