/**
 * One changed file in an extension: `mwpipe build --with` beside `docker build` with COPY of the same whole tree, by the
 * classic builder and by BuildKit. All are warmed first; each round changes the file, then times each side until the
 * engine holds the new image. Wall time of the whole command, start of the program included.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment } from '../src/cli/process.ts';
import { readLock } from '../src/resolve/index.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 2 : 5;
const SET = 'tarball';
const EXTENSION = 'Cite';
const FILE = 'src/Cite.php';
/** Debian's own CLI: a newer one elsewhere on PATH wants a plugin for BuildKit. */
const DOCKER = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker';
const TAG = `mwpipe-bench/one-extension-${process.pid}`;

const checkout = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'mwpipe-bench-'));
const context = join(folder, 'context');
const workspace = join(folder, 'workspace');
const patch = join(folder, EXTENSION);

/** Images that the rounds made, removed at the end. */
const made = new Set<string>();

interface Side {
  readonly name: string;
  /** @returns bytes that went into the engine for it, where it is known */
  readonly build: () => number | undefined;
}

try {
  say(`tree and workspace in ${folder}`);
  const runtime = prepareWorkspace();
  await prepareTree(runtime);
  const sides = [mwpipe(), dockerBuild('classic', '0'), ...buildKit()];
  for (const side of sides) say(`warm     ${side.name.padEnd(8)} ${seconds(timed(side).ms)}`);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => playRound(round + 1, sides));
  report(sides, rounds);
} finally {
  spawnSync(DOCKER, ['image', 'rm', '--force', `${TAG}:runtime`, ...made], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}

/** @returns the tag of the runtime that all sides stand on */
function prepareWorkspace(): string {
  mkdirSync(workspace);
  for (const one of ['mwpipe.yaml', 'images', 'extension-sets']) {
    cpSync(join(checkout, one), join(workspace, one), { recursive: true });
  }
  runMwpipe(['resolve', SET]);
  const built = runMwpipe(['build', SET]);
  const labels = docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', built.imageId]);
  const below = (JSON.parse(labels) as string[]).slice(0, built.layers.filter((one) => one.state === 'runtime').length);
  const runtimes = docker(['image', 'ls', '--quiet', '--no-trunc', '--filter', 'label=mwpipe.kind=runtime']).split(
    '\n',
  );
  const runtime = runtimes.find((id) => {
    return docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', id]) === JSON.stringify(below);
  });
  if (runtime === undefined) throw new Error('the runtime of the image is not in the engine');
  docker(['tag', runtime, `${TAG}:runtime`]);
  return `${TAG}:runtime`;
}

/** The same files for the other side, and a checkout of the extension for ours. */
async function prepareTree(runtime: string): Promise<void> {
  const lock = await readLock(workspace, SET);
  if (!lock.ok) throw new Error(lock.diagnostics[0].message);
  for (const { url, path, tree, name, commit } of lock.value.components) {
    const repo = join(environment.cache(), 'git', encodeURIComponent(url));
    const target = join(context, 'mw', path);
    mkdirSync(target, { recursive: true });
    execFileSync('sh', ['-c', 'git -C "$1" archive "$2" | tar -x -C "$3"', 'sh', repo, tree, target]);
    if (name === EXTENSION) checkOut(repo, { url, commit });
  }
  writeFileSync(join(context, 'Dockerfile'), `FROM ${runtime}\nCOPY mw /srv/mediawiki\n`);
}

/** As a developer's clone: the mirror's objects, the remote's name. */
function checkOut(repo: string, { url, commit }: { readonly url: string; readonly commit: string }): void {
  const git = (...args: string[]): void => void execFileSync('git', ['-C', patch, ...args]);
  execFileSync('git', ['init', '--quiet', '--initial-branch=bench', patch]);
  writeFileSync(join(patch, '.git/objects/info/alternates'), `${join(repo, 'objects')}\n`);
  git('remote', 'add', 'origin', url);
  git('update-ref', 'refs/heads/bench', commit);
  git('reset', '--quiet', '--hard');
}

function mwpipe(): Side {
  const build = (): number => {
    const built = runMwpipe(['build', SET, '--with', `${EXTENSION}=${patch}`]);
    made.add(built.tag);
    return built.sentBytes;
  };
  return { name: 'mwpipe', build };
}

function buildKit(): Side[] {
  const probe = spawnSync(DOCKER, ['build', '--quiet', '-'], {
    input: `FROM ${TAG}:runtime\n`,
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  });
  if (probe.status === 0) return [dockerBuild('buildkit', '1')];
  say(`skipped  buildkit: ${probe.stderr.toString().trim().split('\n').at(-1) ?? 'no answer'}`);
  return [];
}

function dockerBuild(name: string, buildkit: '0' | '1'): Side {
  const build = (): number => {
    const built = spawnSync(DOCKER, ['build', '--quiet', '--tag', `${TAG}:${name}`, context], {
      env: { ...process.env, DOCKER_BUILDKIT: buildkit },
    });
    if (built.status !== 0) throw new Error(`docker build (${name}): ${built.stderr.toString()}`);
    made.add(built.stdout.toString().trim());
    const history = docker(['history', '--human=false', '--format', '{{.Size}}', `${TAG}:${name}`]);
    return Number(history.split('\n')[0]);
  };
  return { name, build };
}

function playRound(
  number: number,
  sides: readonly Side[],
): ReadonlyMap<string, { ms: number; bytes: number | undefined }> {
  const line = `// round ${number} of ${process.pid}\n`;
  appendFileSync(join(patch, FILE), line);
  appendFileSync(join(context, 'mw/extensions', EXTENSION, FILE), line);
  const results = new Map(sides.map((side) => [side.name, timed(side)]));
  say(`round ${number}  ${[...results].map(([name, { ms }]) => `${name} ${seconds(ms)}`).join('   ')}`);
  return results;
}

function timed(side: Side): { ms: number; bytes: number | undefined } {
  const start = performance.now();
  const bytes = side.build();
  return { ms: performance.now() - start, bytes };
}

function report(
  sides: readonly Side[],
  rounds: readonly ReadonlyMap<string, { ms: number; bytes: number | undefined }>[],
): void {
  const figures = Object.fromEntries(
    sides.map(({ name }) => {
      const results = rounds.flatMap((round) => round.get(name) ?? []);
      const times = results.map((one) => one.ms).sort((a, b) => a - b);
      const median = times[Math.floor((times.length - 1) / 2)] ?? 0;
      return [
        name,
        { medianMs: Math.round(median), allMs: times.map(Math.round), newBytes: results.at(-1)?.bytes ?? 0 },
      ];
    }),
  );
  const ours = figures['mwpipe']?.medianMs ?? 0;
  const ratios = Object.fromEntries(
    sides.slice(1).map(({ name }) => [`${name}/mwpipe`, Number(((figures[name]?.medianMs ?? 0) / ours).toFixed(1))]),
  );
  process.stdout.write(
    `${JSON.stringify({ bench: 'one-extension-rebuild', ratios, figures: { rounds: ROUNDS, ...figures } })}\n`,
  );
}

interface Built {
  readonly imageId: string;
  readonly tag: string;
  readonly sentBytes: number;
  readonly layers: readonly { readonly state: string }[];
}

function runMwpipe(args: readonly string[]): Built {
  const ran = spawnSync(process.execPath, [join(checkout, 'src/cli/mwpipe.ts'), '--json', ...args], {
    cwd: workspace,
    maxBuffer: 1e9,
  });
  const last = ran.stdout.toString().trim().split('\n').at(-1) ?? '';
  if (ran.status !== 0) throw new Error(`mwpipe ${args.join(' ')}: ${last}${ran.stderr.toString()}`);
  return (JSON.parse(last) as { value: Built }).value;
}

function docker(args: readonly string[]): string {
  return execFileSync(DOCKER, args, { encoding: 'utf8' }).trim();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
