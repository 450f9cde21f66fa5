/** A machine in memory that plans and runs build steps of one extension; `use` changes its programs, its cache stays. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  planSteps,
  readSteps,
  runSteps,
  type StepPorts,
  type StepsDone,
  type StepsPlan,
} from '../../src/build/index.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import type { BuildChoice } from '../../src/kernel/build-steps.ts';
import { ok, type Outcome } from '../../src/kernel/outcome.ts';
import type { StepEvent } from '../../src/kernel/run-context.ts';
import type { LockedComponent, Lockfile } from '../../src/resolve/index.ts';
import { testContext } from './context.ts';
import { fakeGit, lockOf, type FakeGit } from './fakes/git-objects.ts';
import { fakeImageStore } from './fakes/image-store.ts';
import { fakeRuntimes } from './fakes/runtimes.ts';
import { fakeStepRunner, type Box, type BoxProgram, type FakeStepRunner } from './fakes/step-runner.ts';

type Files = Parameters<FakeGit['component']>[1];

export const poem = {
  'extension.json': '{}',
  'src/poem.js': 'roses',
  'dist/old.js': 'old',
  run: { mode: '100755', content: '#!' },
} as const;
export const MOUNT = '/srv/mediawiki/extensions/Poem';

export interface StepsMachine extends AsyncDisposable {
  readonly folder: string;
  readonly git: FakeGit;
  readonly runner: FakeStepRunner;
  ports: StepPorts;
  /** Of the last `plan` or `run`. */
  readonly events: readonly StepEvent[];
  use(programs: Readonly<Record<string, BoxProgram>>): void;
  plan(lock: Lockfile, only?: readonly string[]): Promise<Outcome<StepsPlan>>;
  run(lock: Lockfile): Promise<Outcome<StepsDone>>;
  /** The extension Poem, alone in a lock. */
  poem(build?: BuildChoice, files?: Files, patch?: LockedComponent['patch']): Lockfile;
  /** What programs were run, by their last words. */
  ran(): string[];
}

/** The usual program. */
export const build = (box: Box): undefined => box.write('dist/poem.js', `min(${box.read('src/poem.js') ?? 'nothing'})`);

/** The usual step. */
export const dist = (more: object = {}): BuildChoice => [{ name: 'dist', run: ['build'], outputs: ['dist'], ...more }];

export async function stepsMachine(): Promise<StepsMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-steps-'));
  await cp('images', join(folder, 'images'), { recursive: true });
  const git = fakeGit();
  const state = { runner: fakeStepRunner({ build }), events: [] as readonly StepEvent[] };
  const machine: StepsMachine = {
    folder,
    git,
    get runner() {
      return state.runner;
    },
    get events() {
      return state.events;
    },
    ports: portsIn(folder, git, state.runner),
    use: (programs) => {
      state.runner = fakeStepRunner({ build, ...programs });
      machine.ports = portsIn(folder, git, state.runner);
    },
    plan: async (lock, only) => {
      const context = testContext();
      state.events = context.events;
      const wanted = { lock, runtime: 'php82', ...(only === undefined ? {} : { only }) };
      const facts = await readSteps(wanted, machine.ports, context);
      return facts.ok ? ok(planSteps(facts.value)) : facts;
    },
    run: async (lock) => {
      const planned = await machine.plan(lock);
      if (!planned.ok) return planned;
      const context = testContext();
      const done = await runSteps(planned.value, { lock }, { ports: machine.ports, context });
      state.events = [...state.events, ...context.events];
      return done;
    },
    poem: (choice, files = poem, patch?: LockedComponent['patch']) =>
      lockOf({
        ...git.component('Poem', files),
        ...(choice === undefined ? {} : { build: choice }),
        ...(patch === undefined ? {} : { patch }),
      }),
    ran: () => state.runner.requests.map(({ argv }) => argv.at(-1) ?? '').filter((word) => !word.includes('for tool')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  return machine;
}

function portsIn(folder: string, git: FakeGit, runner: FakeStepRunner): StepPorts {
  const blobs = blobStore(join(folder, 'blobs'));
  return {
    ...{ blobs, objects: git, runner, folder: join(folder, 'images'), logs: join(folder, 'logs') },
    images: fakeImageStore(blobs),
    ...fakeRuntimes(blobs, () => undefined),
    advisories: { about: () => Promise.resolve({ answered: false, because: 'no registry' }) },
    network: () => Promise.resolve({ name: 'bridge', npmRegistry: 'https://registry.example/', certificates: 'PEM' }),
  };
}
