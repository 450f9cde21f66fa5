/**
 * What shards need before the first starts: the image, and installed wikis with the patch and without it. Extensions'
 * tests run in a wiki that loads all of the set; core's own in one that loads nothing.
 */
import { join } from 'node:path';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Lockfile } from '../resolve/index.ts';
import { kindOf } from './changes.ts';
import type { TestEvent } from './events.ts';
import { mountsOf, type PatchMounts, type PatchState } from './patch-mounts.ts';
import type { TestPorts } from './ports.ts';
import type { Patch } from './read-patch.ts';
import { isLoaded } from './read-set.ts';
import type { ShardRun } from './run-shard.ts';
import { ensureSnapshot, type TestWiki } from './wiki-snapshot.ts';

type Context = RunContext<TestEvent>;

export interface PrepareRequest {
  readonly lock: Lockfile;
  readonly cache: string;
  /** Leaves the container of a failed shard behind, for `mwpipe shell`. */
  readonly keep?: boolean;
  /** Writes down which files each test executes: the next patches are followed by it. */
  readonly record?: boolean;
  /** `false`: there is nothing without the patch that failures could be looked up in. @default true */
  readonly askParent?: boolean;
}

/** The image, and the two wikis: with the patch and without it. */
/** Where a shard of a component runs. */
export interface Places {
  readonly patched: ShardRun;
  /** The same without the patch. */
  readonly parent: ShardRun;
}

interface Prepared {
  /** @param component path of one of those that are tested */
  readonly placesOf: (component: string) => Places;
  /** Tells the runtime's image from others. */
  readonly environment: string;
}

interface Work {
  readonly patch: Pick<Patch, 'component' | 'files'>;
  /** Undefined: as the image has it. */
  readonly patched: PatchState | undefined;
  readonly parent: PatchState | undefined;
  readonly request: PrepareRequest;
  readonly run: string;
  readonly folder: string;
  /** Paths of the components whose tests run. */
  readonly testing: ReadonlySet<string>;
}

/** @returns fails as builds and installs do: `test/install-failed` of the patched wiki counts as a failure of the patch */
export async function prepareRuns(work: Work, ports: TestPorts, context: Context): Promise<Outcome<Prepared>> {
  const { patch, request, testing } = work;
  const started = context.clock.now();
  const image = await ports.testImage(request.lock);
  if (!image.ok) return image;
  const { imageId, environment } = image.value;
  context.emit({ code: 'test/image-ready', imageId, ms: context.clock.now() - started });
  const tools = { ...ports, scratch: join(request.cache, 'runs') };
  const at = { objects: ports.objects, scratch: statesFolder(request.cache) };
  const mounts = async (state: PatchState | undefined): Promise<PatchMounts | undefined> =>
    state === undefined ? undefined : mountsOf(patch.component, state, at);
  const states = { imageId, patched: await mounts(work.patched), parent: await mounts(work.parent) };
  const places = new Map<boolean, Places>();
  for (const isCore of new Set([...testing].map((path) => path === ''))) {
    const made = await placesFor({ work, states, load: isCore ? [] : loadOf(request.lock) }, tools, context);
    if (!made.ok) return made;
    places.set(isCore, made.value);
  }
  const placesOf = (component: string): Places => {
    const place = places.get(component === '');
    if (place === undefined) throw new Error(`nothing was prepared for tests of "${component}"`);
    return place;
  };
  return ok({ placesOf, environment });
}

interface States {
  readonly imageId: string;
  readonly patched: PatchMounts | undefined;
  readonly parent: PatchMounts | undefined;
}

async function placesFor(
  { work, states, load }: { readonly work: Work; readonly states: States; readonly load: readonly string[] },
  tools: Pick<TestPorts, 'blobs' | 'runner'> & { readonly scratch: string },
  context: Context,
): Promise<Outcome<Places>> {
  const { patch, request, run, folder } = work;
  const { imageId } = states;
  const wikiOf = (mounts: PatchMounts | undefined): TestWiki => {
    return { imageId, load, ...(mounts === undefined ? {} : { patch: mounts }) };
  };
  const snapshot = await ensureSnapshot(wikiOf(undefined), tools, context);
  if (!snapshot.ok) return snapshot;
  const patched = wikiOf(states.patched);
  const fresh = changesInstall(patch) ? await ensureSnapshot(patched, tools, context) : snapshot;
  if (!fresh.ok) return fail({ ...fresh.diagnostics[0], exit: 'failed' });
  const common = { folder, run };
  return ok({
    patched: {
      ...common,
      wiki: patched,
      snapshot: fresh.value.path,
      keepFailed: request.keep === true,
      record: request.record === true,
    },
    parent: {
      ...common,
      wiki: wikiOf(states.parent),
      snapshot: snapshot.value.path,
      keepFailed: false,
      record: false,
    },
  });
}

/** Where states of components are kept that aren't the image's. */
export function statesFolder(cache: string): string {
  return join(cache, 'parents');
}

/** Paths of what the wiki loads. */
export function loadOf(lock: Lockfile): string[] {
  return lock.components.filter(isLoaded).map(({ path }) => path);
}

/** A wiki that is installed with the patch may have other tables. */
function changesInstall({ files }: Pick<Patch, 'files'>): boolean {
  return files.some(({ path }) => ['database', 'registration', 'unknown'].includes(kindOf(path)));
}
