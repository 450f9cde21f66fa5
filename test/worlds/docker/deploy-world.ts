/** A workspace with one docker target of its own, driven by the real command line; `down` takes it away at the end. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { dockerEngine } from '../../../src/adapters/docker/engine.ts';
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import { environment } from '../../../src/cli/process.ts';
import type { TargetStatus } from '../../../src/release/index.ts';
import { runCommand, type CommandResult } from '../command.ts';
import { testContext } from '../context.ts';
import { ensureWorld, worldCheckout } from '../mediawiki/index.ts';
import { hardRestart, makeEditor } from '../traffic/target-containers.ts';

export interface DeployWorld extends AsyncDisposable {
  readonly target: string;
  readonly url: string;
  readonly docker: Docker;
  readonly workspace: string;
  /** Runs the command line to its end; `--to` is added. */
  mwpipe(...argv: readonly string[]): Promise<CommandResult>;
  /** The last line of `--json`: what the command gives to programs. */
  result(...argv: readonly string[]): Promise<{ readonly exit: number; readonly value?: unknown }>;
  /** Runs the command line and kills it, without a chance to clean up, when it tells this event for the nth time. */
  killedAt(event: string, argv: readonly string[], times?: number): Promise<void>;
  /** Runs the command line and sends it a signal while its piece of work of that name runs, as `install.php dewiki`. */
  signalledWhile(work: string, argv: readonly string[], signal: NodeJS.Signals): Promise<CommandResult>;
  status(): Promise<TargetStatus>;
  /** A developer's checkout of a component. */
  checkout(component: string, branch?: string): Promise<string>;
  /** An account without rate limits, for the load's edits. */
  editor(): Promise<{ readonly name: string; readonly password: string }>;
  hardRestart(): Promise<void>;
  /** Changes the demo's overlay: the wiki's name, and PHP at the end of CommonSettings.php. Nothing is pushed. */
  configure(wish: { readonly sitename: string; readonly php?: string }): Promise<void>;
  /** @param number @default 1 */
  instance(slot: string, number?: number): Docker.Container;
  router(): Docker.Container;
}

export interface DeployWorldOptions {
  readonly database?: 'sqlite' | 'mariadb';
  /** As in mwpipe.yaml, on one line. */
  readonly rollout?: string;
  readonly port?: number;
  /** Lines of the target in mwpipe.yaml beside these, as `instances: 2`. */
  readonly more?: readonly string[];
}

const COPIED = ['extension-sets', 'config-overlays', 'images'];
const QUICK = '{ steps: [25, 50, 100], observe: { least: 3, most: 120 }, requests: 8 }';

export async function deployWorld(options: DeployWorldOptions = {}): Promise<DeployWorld> {
  const { database = 'sqlite', rollout = QUICK } = options;
  const world = await ensureWorld({ cache: environment.cache(), context: testContext() });
  if (!world.ok) throw new Error(world.diagnostics[0].message);
  const target = `t${randomBytes(3).toString('hex')}`;
  const port = options.port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-deploy-'));
  const workspace = join(folder, 'workspace');
  for (const name of COPIED) await cp(join(checkoutRoot, name), join(workspace, name), { recursive: true });
  const config = { target, port, database, rollout, more: options.more ?? [] };
  await writeFile(join(workspace, 'mwpipe.yaml'), workspaceFile(config));
  const docker = dockerEngine();
  const command = (argv: readonly string[]): [string, ...string[]] => [
    process.execPath,
    join(checkoutRoot, 'src/cli/mwpipe.ts'),
    ...argv,
    '--to',
    target,
    '--workspace',
    workspace,
  ];
  const mwpipe = (...argv: readonly string[]) => runCommand(command(argv), { cwd: folder });
  const result = async (...argv: readonly string[]) => lastLine(await mwpipe(...argv, '--json'));
  const instance = (slot: string, number = 1) => docker.getContainer(`mwpipe-${target}-${slot}-${String(number)}`);
  return {
    target,
    url: `http://127.0.0.1:${String(port)}`,
    docker,
    workspace,
    mwpipe,
    result,
    killedAt: (event, argv, times = 1) => killAt({ argv: command([...argv, '--json']), event, times, cwd: folder }),
    signalledWhile: (work, argv, signal) => {
      const filters = { label: [`mwpipe.target=${target}`, `mwpipe.work=${work}`], status: ['running'] };
      const runs = async () => (await docker.listContainers({ filters })).length > 0;
      return signalWhen({ argv: command(argv), cwd: folder, signal, runs });
    },
    status: async () => (await result('status')).value as TargetStatus,
    checkout: async (component, branch = 'wmf/1.43.0-wmf.1') => {
      const into = join(folder, component.replace(/^.*\//, ''));
      await worldCheckout(world.value, { component, branch, into });
      return into;
    },
    editor: () => makeEditor(docker, target),
    configure: (wish) => configure(join(workspace, 'config-overlays/demo'), wish),
    hardRestart: () => hardRestart(docker, target),
    instance,
    router: () => docker.getContainer(`mwpipe-${target}-router`),
    [Symbol.asyncDispose]: async () => {
      await mwpipe('down', '--yes');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function workspaceFile(config: Required<DeployWorldOptions> & { readonly target: string }): string {
  return `version: 1
mirrors:
  - { from: 'https://world.mwpipe.example/r/', to: 'file://{cache}/world/remotes/' }
targets:
  ${config.target}:
    kind: docker
    set: demo
    overlays: [demo]
    port: ${String(config.port)}
    database: ${config.database}
    rollout: ${config.rollout}
${config.more.map((line) => `    ${line}\n`).join('')}`;
}

async function configure(
  overlay: string,
  { sitename, php = '' }: { readonly sitename: string; readonly php?: string },
): Promise<void> {
  const original = (file: string) => readFile(join(checkoutRoot, 'config-overlays/demo', file), 'utf8');
  const yaml = await original('settings.yaml');
  await writeFile(join(overlay, 'settings.yaml'), yaml.replace('default: mwpipe demo', `default: ${sitename}`));
  await writeFile(join(overlay, 'CommonSettings.php'), `${await original('CommonSettings.php')}${php}`);
}

function lastLine({ stdout, stderr, code }: CommandResult): { readonly exit: number; readonly value?: unknown } {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as { exit: number };
  } catch {
    throw new Error(`no JSON at the end (exit ${String(code)}): ${stdout.slice(-500)}${stderr.slice(-500)}`);
  }
}

async function killAt(run: { argv: readonly string[]; event: string; times: number; cwd: string }): Promise<void> {
  const [program = '', ...args] = run.argv;
  const child = spawn(program, args, { cwd: run.cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split(`{"code":"${run.event}"`).length > run.times) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.once('close', (_exit, by) => resolve(by)));
  if (signal !== 'SIGKILL') throw new Error(`it ended before ${run.event}: ${said.slice(-800)}`);
}

async function signalWhen(run: {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly signal: NodeJS.Signals;
  readonly runs: () => Promise<boolean>;
}): Promise<CommandResult> {
  const [program, ...args] = run.argv;
  const child = spawn(program, args, { cwd: run.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, over] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      over = true;
      resolve(code ?? 143);
    });
  });
  while (!over && !(await run.runs())) await sleep(50);
  if (!child.kill(run.signal)) throw new Error(`it ended before: ${stderr.slice(-800)}`);
  return { code: await ended, stdout, stderr };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
