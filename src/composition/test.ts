/** test, with real git, the Docker engine, PHP's grammar and the image that build makes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blobStore } from '../kernel/blob-store.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import { layersPath, type BuildEvent } from '../build/index.ts';
import { formatLockfile, parseLockfile, readLock, restorePatched, type ResolveEvent } from '../resolve/index.ts';
import {
  loadPhpReader,
  planChanged,
  planGate,
  runGate,
  planReplay,
  runKept,
  runPlanned,
  type PlannedTest,
  type LockTexts,
  type GateReport,
  type PlannedGate,
  type TestEvent,
  type TestPorts,
  type TestReport,
} from '../test/index.ts';
import { buildIn, type BuildOptions } from './build.ts';
import { gitOf, withGit, type GitPorts } from './git.ts';

export interface TestOptions {
  /** Inside a checkout. */
  readonly folder: string;
  /** Extension set whose lock is tested with. */
  readonly set: string;
  readonly runtime: string;
  readonly base?: string;
  readonly all?: boolean;
  readonly keep?: boolean;
  readonly record?: boolean;
}

export type TestRunEvent = TestEvent | BuildEvent | ResolveEvent;
type Context = RunContext<TestRunEvent>;

/** The two halves of testing, so that a plan can be shown, changed or run. */
export interface Testing {
  /** What the patch in the checkout can affect; runs nothing. */
  plan(): Promise<Outcome<PlannedTest>>;
  run(planned: PlannedTest): Promise<Outcome<TestReport>>;
}

export async function openTesting(
  workspace: Workspace,
  options: TestOptions,
  context: Context,
): Promise<Outcome<Testing>> {
  const read = await readLock(workspace.root, options.set);
  if (!read.ok) return read;
  const git = await gitOf(workspace);
  const lock = await restorePatched(read.value, git, context);
  if (!lock.ok) return git.close().then(() => lock);
  const ports = await testPorts(workspace, { ...options, git }, context);
  const request = {
    ...options,
    lock: lock.value,
    layersPath: layersPath(workspace.root, options.set),
    cache: workspace.cache,
  };
  return ok({
    plan: () => planChanged(request, ports, context).finally(() => git.close()),
    run: (planned) => runPlanned(planned, request, { ports, context }).finally(() => git.close()),
  });
}

export interface GateOptions {
  readonly set: string;
  readonly runtime: string;
  /** A checkout with a patch. @default the set as it is locked */
  readonly folder?: string;
  readonly base?: string;
  readonly keep?: boolean;
  readonly cached?: boolean;
  readonly samplePercent?: number;
}

/** The two halves of a gate. */
export interface Gating extends AsyncDisposable {
  plan(): Promise<Outcome<PlannedGate>>;
  run(gate: PlannedGate): Promise<Outcome<GateReport>>;
}

export async function openGate(workspace: Workspace, options: GateOptions, context: Context): Promise<Outcome<Gating>> {
  const read = await readLock(workspace.root, options.set);
  if (!read.ok) return read;
  const git = await gitOf(workspace);
  const lock = await restorePatched(read.value, git, context);
  if (!lock.ok) return git.close().then(() => lock);
  const ports = await testPorts(workspace, { runtime: options.runtime, git }, context);
  const layers = layersPath(workspace.root, options.set);
  const request = { ...options, lock: lock.value, layersPath: layers, cache: workspace.cache };
  return ok({
    plan: () => planGate(request, ports, context),
    run: (gate) => runGate(gate, request, { ports, context }),
    [Symbol.asyncDispose]: () => git.close(),
  });
}

export interface ReplayOptions {
  /** A run's name, or a folder that one left. */
  readonly run: string;
  readonly shards: readonly string[];
  readonly keep: boolean;
  /** Of relative folders. */
  readonly folder: string;
}

/** Does a run again, as it left all that it takes. */
export async function replayIn(
  workspace: Workspace,
  options: ReplayOptions,
  context: Context,
): Promise<Outcome<TestReport>> {
  const { cache } = workspace;
  const kept = await planReplay({ ...options, cache }, LOCKS);
  if (!kept.ok) return kept;
  const { patch, shards, started } = kept.value;
  const names = { component: patch.component.name, base: patch.base.name };
  context.emit({ code: 'test/run-read', ...names, shards: shards.length, started });
  return withGit(workspace, async (git) => {
    const lock = await restorePatched(kept.value.lock, git, context);
    if (!lock.ok) return lock;
    const { component, base } = kept.value.patch;
    const wanted = [component.commit, base.commit].map((commit) => ({
      url: component.url,
      ref: component.ref,
      commit,
    }));
    for (const one of wanted) {
      const fetched = await git.objects.fetch(one, { ...context, emit: () => undefined });
      if (!fetched.ok) return fetched;
    }
    const given = { lock: lock.value, layersPath: kept.value.layersPath };
    const ports = await testPorts(workspace, { runtime: kept.value.runtime, git, given }, context);
    const ran = await runKept(kept.value, { lock: lock.value, cache, keep: options.keep }, { ports, context });
    return ran.ok ? ok(ran.value.report) : ran;
  });
}

const LOCKS: LockTexts = { format: formatLockfile, parse: parseLockfile };

async function testPorts(
  workspace: Workspace,
  { git, runtime, given }: Pick<TestOptions, 'runtime'> & Pick<BuildOptions, 'given'> & { readonly git: GitPorts },
  context: Context,
): Promise<TestPorts> {
  const [{ dockerEngine }, { dockerRunner }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/runner.ts'),
  ]);
  return {
    locks: LOCKS,
    objects: git.objects,
    workTrees: git.workTrees,
    blobs: blobStore(join(workspace.cache, 'blobs')),
    runner: dockerRunner(dockerEngine()),
    testImage: async (lock) => {
      const options = {
        set: lock.set,
        runtime,
        flavour: 'test',
        patches: [],
        ...(given === undefined ? {} : { given }),
      };
      const built = await buildIn(workspace, options, context);
      if (!built.ok) return built;
      const { imageId, plan } = built.value;
      return ok({ imageId, environment: plan.runtime.imageId ?? imageId });
    },
    openPhp: () => loadPhpReader(phpGrammar()),
  };
}

/** Shipped beside the program; in a checkout, npm's. */
function phpGrammar(): string {
  const shipped = join(import.meta.dirname, 'tree-sitter-php.wasm');
  return existsSync(shipped) ? shipped : fileURLToPath(import.meta.resolve('tree-sitter-php/tree-sitter-php.wasm'));
}
