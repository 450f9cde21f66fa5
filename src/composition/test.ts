/** test, with real git, the Docker engine, PHP's grammar and the image that build makes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blobStore } from '../kernel/blob-store.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import type { BuildEvent } from '../build/index.ts';
import { readLock, restorePatched, type ResolveEvent } from '../resolve/index.ts';
import {
  loadPhpReader,
  planChanged,
  runPlanned,
  type PlannedTest,
  type TestEvent,
  type TestPorts,
  type TestReport,
} from '../test/index.ts';
import { buildIn } from './build.ts';
import { gitOf, type GitPorts } from './git.ts';

export interface TestOptions {
  /** Inside a checkout. */
  readonly folder: string;
  /** Extension set whose lock is tested with. */
  readonly set: string;
  readonly runtime: string;
  readonly base?: string;
  readonly all?: boolean;
  readonly keep?: boolean;
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
  const request = { ...options, lock: lock.value, cache: workspace.cache };
  return ok({
    plan: () => planChanged(request, ports, context).finally(() => git.close()),
    run: (planned) => runPlanned(planned, request, { ports, context }).finally(() => git.close()),
  });
}

async function testPorts(
  workspace: Workspace,
  { git, ...options }: TestOptions & { readonly git: GitPorts },
  context: Context,
): Promise<TestPorts> {
  const [{ dockerEngine }, { dockerRunner }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/runner.ts'),
  ]);
  return {
    objects: git.objects,
    workTrees: git.workTrees,
    blobs: blobStore(join(workspace.cache, 'blobs')),
    runner: dockerRunner(dockerEngine()),
    testImage: async (lock) => {
      const { runtime } = options;
      const built = await buildIn(workspace, { set: lock.set, runtime, flavour: 'test', patches: [] }, context);
      return built.ok ? ok({ imageId: built.value.imageId }) : built;
    },
    openPhp: () => loadPhpReader(phpGrammar()),
  };
}

/** Shipped beside the program; in a checkout, npm's. */
function phpGrammar(): string {
  const shipped = join(import.meta.dirname, 'tree-sitter-php.wasm');
  return existsSync(shipped) ? shipped : fileURLToPath(import.meta.resolve('tree-sitter-php/tree-sitter-php.wasm'));
}
