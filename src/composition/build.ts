/** build, with real git, the Docker engine and this machine's debootstrap. */
import { join } from 'node:path';
import {
  buildImage,
  ensureRuntime,
  planBuild,
  type BuildEvent,
  type BuildPorts,
  type BuildRequest,
  type BuiltImage,
  type ImagePlan,
  type RuntimeImage,
  type RuntimeName,
} from '../build/index.ts';
import { blobStore } from '../kernel/blob-store.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  readLock,
  resolvePatched,
  restorePatched,
  type Lockfile,
  type PatchSource,
  type ResolveEvent,
} from '../resolve/index.ts';
import { withGit, type GitPorts } from './git.ts';

export interface BuildOptions extends Pick<BuildRequest, 'runtime' | 'flavour'> {
  readonly set: string;
  /** Work trees on top. */
  readonly patches: readonly PatchSource[];
}

type Context = RunContext<BuildEvent | ResolveEvent>;

/** Builds what the set's lock says, with the patches on top, into the engine. */
export async function buildIn(
  workspace: Workspace,
  options: BuildOptions,
  context: Context,
): Promise<Outcome<BuiltImage>> {
  return withLock(workspace, { options, context, verb: buildImage });
}

/** What `buildIn` would do; makes and sends nothing. */
export async function planIn(
  workspace: Workspace,
  options: BuildOptions,
  context: Context,
): Promise<Outcome<ImagePlan>> {
  return withLock(workspace, { options, context, verb: planBuild });
}

/** A runtime alone: the router's, the database's, MediaWiki's without MediaWiki. */
export async function ensureRuntimeIn(
  workspace: Workspace,
  wanted: RuntimeName,
  context: RunContext<BuildEvent>,
): Promise<Outcome<RuntimeImage>> {
  return withGit(workspace, async (git) => ensureRuntime(wanted, await buildPorts(workspace, git), context));
}

interface WithLock<Value> {
  readonly options: BuildOptions;
  readonly context: Context;
  readonly verb: (request: BuildRequest, ports: BuildPorts, context: Context) => Promise<Outcome<Value>>;
}

async function withLock<Value>(workspace: Workspace, build: WithLock<Value>): Promise<Outcome<Value>> {
  const { options, context, verb } = build;
  return withGit(workspace, async (git) => {
    const lock = await lockOf(workspace, { options, git, context });
    if (!lock.ok) return lock;
    const { runtime, flavour } = options;
    return verb({ lock: lock.value, runtime, flavour }, await buildPorts(workspace, git), context);
  });
}

async function lockOf(
  workspace: Workspace,
  { options, git, context }: { readonly options: BuildOptions; readonly git: GitPorts; readonly context: Context },
): Promise<Outcome<Lockfile>> {
  const read = await readLock(workspace.root, options.set);
  const lock = read.ok ? await restorePatched(read.value, git, context) : read;
  if (!lock.ok || options.patches.length === 0) return lock;
  return resolvePatched({ lock: lock.value, patches: options.patches }, git, context);
}

export async function buildPorts(workspace: Workspace, git: GitPorts): Promise<BuildPorts> {
  const [{ dockerEngine }, { dockerImageStore }, { dockerRuntimeEngine }, { debootstrap }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/image-store.ts'),
    import('../adapters/docker/runtime-builder.ts'),
    import('../adapters/host/debootstrap.ts'),
  ]);
  const blobs = blobStore(join(workspace.cache, 'blobs'));
  const docker = dockerEngine();
  return {
    blobs,
    objects: git.objects,
    images: dockerImageStore(docker, blobs),
    runtimes: dockerRuntimeEngine(docker, blobs),
    bases: debootstrap(join(workspace.cache, 'bootstrap'), blobs),
    folder: join(workspace.root, 'images'),
  };
}
