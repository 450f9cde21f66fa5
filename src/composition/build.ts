/** build, with real git, the Docker engine and this machine's debootstrap. */
import { join } from 'node:path';
import {
  buildImage,
  ensureRuntime,
  layersPath,
  localisationSettings,
  planBuild,
  type BuildEvent,
  type BuildPorts,
  type BuildRequest,
  type BuiltImage,
  type ImagePlan,
  type RuntimeImage,
  type RuntimeName,
  type Verification,
  verifyBuild,
} from '../build/index.ts';
import { version } from '../cli/version.ts';
import { blobStore, type BlobStore } from '../kernel/blob-store.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Compression } from '../kernel/stored-layer.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  readLock,
  readPrivateLock,
  resolvePatched,
  restorePatched,
  type Lockfile,
  type PatchSource,
  type ResolveEvent,
} from '../resolve/index.ts';
import { apartIn } from './apart.ts';
import { containerPorts } from './containers.ts';
import { withGit, type GitPorts } from './git.ts';
import { registriesOf } from './registries.ts';
import { runtimePorts } from './runtime-ports.ts';

export interface BuildOptions extends Pick<
  BuildRequest,
  'runtime' | 'flavour' | 'frozen' | 'squash' | 'load' | 'outputs'
> {
  readonly set: string;
  /** Built is this lock instead of the set's, with its own history of layers. */
  readonly given?: { readonly lock: Lockfile; readonly layersPath: string };
  /** Work trees on top. */
  readonly patches: readonly PatchSource[];
  /** What the private lock says, embargoed patches on top; the image stays where they may be. */
  readonly embargoed?: boolean;
  readonly compression?: Compression;
  /** Registries of the workspace that get it, tags there, and whether all of them must. */
  readonly push?: { readonly names: readonly string[]; readonly tags: readonly string[]; readonly requireAll: boolean };
  /** A key file that signs the provenance. */
  readonly keyFile?: string;
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

/** Builds it twice, the second time in another place with nothing made before, and compares. */
export async function verifyIn(
  workspace: Workspace,
  options: BuildOptions,
  context: Context,
): Promise<Outcome<Verification>> {
  const scratch = join(workspace.cache, options.embargoed === true ? 'private/verify' : 'verify');
  const verb: WithLock<Verification>['verb'] = (request, ports, run) => verifyBuild(request, { ports, scratch }, run);
  return withLock(workspace, { options, context, verb });
}

/** A runtime alone: the router's, the database's, MediaWiki's without MediaWiki. */
export async function ensureRuntimeIn(
  workspace: Workspace,
  wanted: RuntimeName,
  context: RunContext<BuildEvent>,
): Promise<Outcome<RuntimeImage>> {
  return ensureRuntime(wanted, await runtimePorts(workspace), context);
}

interface WithLock<Value> {
  readonly options: BuildOptions;
  readonly context: Context;
  readonly verb: (request: BuildRequest, ports: BuildPorts, context: Context) => Promise<Outcome<Value>>;
}

async function withLock<Value>(workspace: Workspace, build: WithLock<Value>): Promise<Outcome<Value>> {
  const { options, context, verb } = build;
  const { embargoed = false } = options;
  const withLockOf = async (git: GitPorts): Promise<Outcome<Value>> => {
    const { given } = options;
    const lock = given === undefined ? await lockOf(workspace, { options, git, context }) : ok(given.lock);
    if (!lock.ok) return lock;
    const delivery = await deliveryOf(workspace, options);
    if (!delivery.ok) return delivery;
    const path = given?.layersPath ?? layersPath(workspace.root, options.set);
    const request = { ...options, ...delivery.value, lock: lock.value, layersPath: path };
    return verb(request, await buildPorts(workspace, git, options), context);
  };
  return withGit(workspace, withLockOf, { embargoed });
}

type Delivery = Pick<BuildRequest, 'publish' | 'key' | 'version' | 'localisation'>;

/** Registries are opened and keys read before anything is made: what is wrong with them shows at once. */
async function deliveryOf(
  workspace: Workspace,
  { push, keyFile, embargoed = false }: BuildOptions,
): Promise<Outcome<Delivery>> {
  const { localisation } = workspace.document.value;
  const messages =
    localisation === undefined ? {} : { localisation: localisationSettings(localisation, workspace.document.at) };
  const key = keyFile === undefined ? ok(undefined) : await (await import('./signing.ts')).signingKeyIn(keyFile);
  if (!key.ok) return key;
  const signed = { version: version(), ...messages, ...(key.value === undefined ? {} : { key: key.value }) };
  if (push === undefined) return ok(signed);
  const { names, tags, requireAll } = push;
  const registries = await registriesOf(workspace, names, embargoed);
  return registries.ok ? ok({ ...signed, publish: { registries: registries.value, tags, requireAll } }) : registries;
}

async function lockOf(
  workspace: Workspace,
  { options, git, context }: { readonly options: BuildOptions; readonly git: GitPorts; readonly context: Context },
): Promise<Outcome<Lockfile>> {
  if (options.embargoed === true) return privateLockOf(workspace, { options, git, context });
  const read = await readLock(workspace.root, options.set, blobStore(join(workspace.cache, 'blobs')));
  const lock = read.ok ? await restorePatched(read.value, git, context) : read;
  if (!lock.ok || options.patches.length === 0) return lock;
  return resolvePatched({ lock: lock.value, patches: options.patches }, git, context);
}

/** Its patched trees are in no remote: this machine's private store has them, or they are made again. */
async function privateLockOf(
  workspace: Workspace,
  { options, git, context }: { readonly options: BuildOptions; readonly git: GitPorts; readonly context: Context },
): Promise<Outcome<Lockfile>> {
  const lock = await readPrivateLock(workspace.root, options.set);
  if (!lock.ok) return lock;
  for (const { url, patch } of lock.value.components) {
    if (patch === undefined) continue;
    const there = await git.objects.entries({ url, id: patch.tree }).catch(() => undefined);
    if (there === undefined) return fail(objectsGone(options.set));
  }
  if (options.patches.length === 0) return lock;
  return resolvePatched({ lock: lock.value, patches: options.patches }, git, context);
}

function objectsGone(set: string) {
  return {
    code: 'security/objects-gone',
    message: `this machine doesn't have what the private lock of ${set} puts on top`,
    hint: `mwpipe resolve ${set} --security makes it again from the private patch tree`,
    exit: 'outside',
  } as const;
}

export async function buildPorts(
  workspace: Workspace,
  git: GitPorts,
  {
    embargoed = false,
    compression = 'gzip',
    frozen = false,
  }: Pick<BuildOptions, 'embargoed' | 'compression' | 'frozen'>,
): Promise<BuildPorts> {
  const [ports, containers] = await Promise.all([runtimePorts(workspace, frozen), containerPorts(workspace)]);
  const layout = join(workspace.cache, 'oci');
  const built = { ...ports, containers, compression, layout, objects: git.objects };
  return embargoed ? { ...built, ...(await keptApart(workspace.cache, ports.blobs)) } : built;
}

async function keptApart(cache: string, below: BlobStore): Promise<Pick<BuildPorts, 'apart' | 'images'>> {
  const [{ dockerEngine }, { dockerImageStore }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/image-store.ts'),
  ]);
  const apart = apartIn(cache, below);
  return { apart, images: dockerImageStore(dockerEngine(), apart.blobs) };
}
