/** Components with build steps from real git, and the ports that run them on the real engine: caches are the machine's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stepPorts } from '../../src/composition/steps.ts';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { environment } from '../../src/cli/process.ts';
import {
  planSteps,
  readSteps,
  runSteps,
  verifySteps,
  type StepPorts,
  type StepsDone,
  type StepsPlan,
} from '../../src/build/index.ts';
import type { BuildChoice } from '../../src/kernel/build-steps.ts';
import { ok, type Outcome } from '../../src/kernel/outcome.ts';
import { openWorkspace } from '../../src/kernel/workspace.ts';
import type { LockedComponent, Lockfile } from '../../src/resolve/index.ts';
import { testContext } from './context.ts';
import { gitWorld, type GitWorld, type WorldFiles } from './git.ts';
import { valueOf } from './overlays.ts';
import { runCommand } from './command.ts';

export interface StepsWorld extends AsyncDisposable {
  readonly git: GitWorld;
  readonly ports: StepPorts;
  /** A lock of one extension at its branch's newest commit. */
  lock(name: string, build?: BuildChoice): Promise<Lockfile>;
  plan(lock: Lockfile): Promise<Outcome<StepsPlan>>;
  run(lock: Lockfile): Promise<Outcome<StepsDone>>;
  /** Runs, and runs again to compare. */
  verify(lock: Lockfile): Promise<Outcome<void>>;
}

export async function stepsWorld(extensions: Readonly<Record<string, WorldFiles>>): Promise<StepsWorld> {
  const git = await gitWorld(extensions);
  const logs = await mkdtemp(join(tmpdir(), 'mwpipe-steps-'));
  const workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache: environment.cache() }));
  const ports = { ...(await stepPorts(workspace, git.ports)), logs };
  const plan: StepsWorld['plan'] = async (lock) => {
    const facts = await readSteps({ lock, runtime: 'php82' }, ports, testContext());
    return facts.ok ? ok(planSteps(facts.value)) : facts;
  };
  return {
    git,
    ports,
    plan,
    lock: async (name, build) => lockOf(await component(git, name, build)),
    run: async (lock) => {
      const planned = await plan(lock);
      if (!planned.ok) return planned;
      return runSteps(planned.value, { lock, keepFailed: false }, { ports, context: testContext() });
    },
    verify: async (lock) => {
      const [planned, tools] = [valueOf(await plan(lock)), { ports, context: testContext() }];
      const done = await runSteps(planned, { lock }, tools);
      return done.ok ? verifySteps({ plan: planned, done: done.value }, { lock, keepFailed: false }, tools) : done;
    },
    [Symbol.asyncDispose]: async () => {
      await git[Symbol.asyncDispose]();
      await rm(logs, { recursive: true, force: true });
    },
  };
}

function lockOf(...components: readonly LockedComponent[]): Lockfile {
  return { schema: 'mwpipe.lock/2', set: 'steps', mediawiki: '1.43.0', components };
}

async function component(git: GitWorld, name: string, build: BuildChoice | undefined): Promise<LockedComponent> {
  const repo = join(git.root, 'remotes', 'mediawiki', `${name}.git`);
  const ids = await runCommand(['git', '-C', repo, 'rev-parse', 'master', 'master^{tree}']);
  const [commit = '', tree = ''] = ids.stdout.split('\n');
  return {
    ...{
      name,
      kind: 'extension',
      path: `extensions/${name}`,
      url: git.url(name),
      ref: 'refs/heads/master',
      commit,
      tree,
    },
    ...(build === undefined ? {} : { build }),
  };
}
