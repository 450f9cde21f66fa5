/**
 * From nothing made to a registry: `mwpipe build --push` with a cold cache, beside `docker build` with BuildKit and
 * `docker push`, and beside buildah. Each into a registry of its own, empty. And what assembling costs in CPU seconds
 * beside the same bytes through the fastest tools: tar, openssl sha256, igzip.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { dockerBuild } from './one-extension.ts';
import { coldCache, docker, median, mwpipe, program, say, seconds, SET, timed, type BuildWorld } from './world.ts';

export interface Cold {
  readonly ms: Readonly<Record<string, number>>;
  /** Pushing the same image again. */
  readonly againMs: number;
  readonly cpuSeconds: { readonly mwpipe: number; readonly bound: number };
}

export async function coldBuilds(world: BuildWorld, rounds: number): Promise<Cold> {
  const times: Record<string, number[]> = { mwpipe: [], buildkit: [], buildah: [] };
  let againMs = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await inRegistry(world.folder, async (port) => {
      const cache = coldCache(world.folder);
      const workspace = withRegistry(world, port);
      const push = (): unknown => mwpipe(workspace, ['build', SET, '--no-load', '--push', 'bench'], cache);
      times['mwpipe']?.push(await timed(push));
      againMs = await timed(push);
    });
    await inRegistry(world.folder, async (port) => {
      docker(['builder', 'prune', '--all', '--force'], { buildkit: true });
      times['buildkit']?.push(await timed(() => pushed(world, dockerBuild(world, true, ['--no-cache']), port)));
    });
    if (round === 1)
      await inRegistry(world.folder, async (port) => void times['buildah']?.push(...(await buildah(world, port))));
    say(
      `cold and push, round ${round}: ${Object.entries(times)
        .map(([side, all]) => `${side} ${seconds(all.at(-1) ?? 0)}`)
        .join('   ')}`,
    );
  }
  const ms = Object.fromEntries(
    Object.entries(times)
      .filter(([, all]) => all.length > 0)
      .map(([side, all]) => [side, median(all)]),
  );
  return { ms, againMs, cpuSeconds: { mwpipe: assemblyCpu(world), bound: boundCpu(world) } };
}

function withRegistry({ workspace, folder }: BuildWorld, port: number): string {
  const copy = mkdtempSync(join(folder, 'workspace-'));
  execFileSync('cp', ['-a', `${workspace}/.`, copy]);
  const file = join(copy, 'mwpipe.yaml');
  const registry = `registries: { bench: { repository: '127.0.0.1:${port}/mediawiki' } }\n`;
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n${registry}`);
  return copy;
}

function pushed(world: BuildWorld, image: string, port: number): void {
  const name = `127.0.0.1:${port}/mediawiki:bench`;
  docker(['tag', image, name]);
  world.made.add(name);
  docker(['push', '--quiet', name]);
}

/** @returns no time where buildah isn't installed */
async function buildah({ context, runtime, folder }: BuildWorld, port: number): Promise<number[]> {
  if (spawnSync('buildah', ['--version']).status !== 0) return [];
  docker(['tag', runtime, `127.0.0.1:${port}/runtime:bench`]);
  docker(['push', '--quiet', `127.0.0.1:${port}/runtime:bench`]);
  docker(['image', 'rm', `127.0.0.1:${port}/runtime:bench`]);
  const storage = join(folder, 'buildah');
  const roots = ['--root', join(storage, 'root'), '--runroot', join(storage, 'run')];
  const file = join(folder, 'Buildahfile');
  writeFileSync(file, `FROM 127.0.0.1:${port}/runtime:bench\nCOPY mw /srv/mediawiki\n`);
  const common = ['--tls-verify=false'];
  const image = `127.0.0.1:${port}/mediawiki:bench`;
  const run = (args: readonly string[]): void => void execFileSync('buildah', [...roots, ...args], { stdio: 'pipe' });
  run(['pull', ...common, `127.0.0.1:${port}/runtime:bench`]);
  const ms = await timed(() => {
    run(['bud', ...common, '--isolation', 'chroot', '--file', file, '--tag', image, context]);
    run(['push', ...common, image]);
  });
  run(['rmi', '--all', '--force']);
  return [ms];
}

/** User and system seconds of a whole program with its children. */
function cpuOf(command: readonly string[], options: { readonly cwd: string; readonly cache?: string }): number {
  const env = options.cache === undefined ? process.env : { ...process.env, MWPIPE_CACHE: options.cache };
  const ran = spawnSync('sh', ['-c', '"$@" > /dev/null; times', 'sh', ...command], { cwd: options.cwd, env });
  if (ran.status !== 0) throw new Error(`${command.join(' ')}: ${ran.stderr.toString()}`);
  const [user = '', system = ''] = ran.stdout.toString().trim().split('\n').at(-1)?.split(' ') ?? [];
  return [user, system].reduce((total, one) => {
    const [, minutes = '0', rest = '0'] = /(\d+)m([\d.]+)s/.exec(one) ?? [];
    return total + Number(minutes) * 60 + Number(rest);
  }, 0);
}

function assemblyCpu(world: BuildWorld): number {
  const cache = coldCache(world.folder);
  return cpuOf([process.execPath, program(), '--json', 'build', SET, '--no-load'], { cwd: world.workspace, cache });
}

/** tar of the tree through a pipe (to /dev/null GNU tar reads nothing), its sha256, igzip, the result's sha256. */
function boundCpu({ context }: BuildWorld): number {
  const once = 'tar -C mw -cf - . | openssl sha256';
  const whole = 'tar -C mw -cf - . | igzip -1 -c | openssl sha256';
  if (spawnSync('igzip', ['--version']).error !== undefined) return Number.NaN;
  const tar = cpuOf(['sh', '-c', 'tar -C mw -cf - . | cat'], { cwd: context });
  return cpuOf(['sh', '-c', once], { cwd: context }) + cpuOf(['sh', '-c', whole], { cwd: context }) - tar;
}

async function inRegistry(folder: string, use: (port: number) => Promise<void>): Promise<void> {
  const port = await freePort();
  const root = mkdtempSync(join(folder, 'registry-'));
  mkdirSync(join(root, 'data'));
  const config = join(root, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${join(root, 'data')} } }\nhttp: { addr: '127.0.0.1:${port}' }\n`,
  );
  const registry = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  try {
    await answers(port, registry);
    await use(port);
  } finally {
    registry.kill();
  }
}

async function answers(port: number, registry: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (registry.exitCode !== null) throw new Error('docker-registry ended');
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('docker-registry never answered');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
