/** The localisation cache of a set, made by real MediaWiki in the set's image, in a store of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerEngine } from '../../../src/adapters/docker/engine.ts';
import { dockerRunner } from '../../../src/adapters/docker/runner.ts';
import {
  localisationSettings,
  makeLocalisation,
  planLocalisation,
  readLocalisation,
  type LocalisationLayers,
  type LocalisationPlan,
  type LocalisationPorts,
} from '../../../src/build/index.ts';
import { storedTar } from '../../../src/build/layers/layer-tar.ts';
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import { environment } from '../../../src/cli/process.ts';
import { buildIn } from '../../../src/composition/build.ts';
import { withGit, type GitPorts } from '../../../src/composition/git.ts';
import { blobStore, type BlobStore } from '../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { ok } from '../../../src/kernel/outcome.ts';
import type { Runner } from '../../../src/kernel/runner.ts';
import { openWorkspace, type Workspace } from '../../../src/kernel/workspace.ts';
import { readLock, resolvePatched, type Lockfile, type PatchSource } from '../../../src/resolve/index.ts';
import { testContext } from '../context.ts';
import { ensureWorld, type World } from '../mediawiki/index.ts';
import { valueOf } from '../overlays.ts';

export interface Localised {
  readonly plan: LocalisationPlan;
  readonly layers: LocalisationLayers;
  /** `base de,en`: each run of MediaWiki. */
  readonly runs: readonly string[];
  /** From reading facts to layers. */
  readonly ms: number;
  /** Of that, MediaWiki's own: containers of rebuildLocalisationCache, until they ended. */
  readonly mediawikiMs: number;
}

export interface LocalisationWorld extends AsyncDisposable {
  readonly world: World;
  readonly folder: string;
  /** Image ID of the set with work trees on top; built once for the same ones. */
  image(patches?: readonly PatchSource[]): Promise<string>;
  /** Images with work trees that have changed since. */
  forget(): void;
  /** In a store below `folder`, with work trees on top. */
  localise(store: string, patches?: readonly PatchSource[]): Promise<Localised>;
  /** Layers as a tar at the root of a container. */
  tar(store: string, layers: LocalisationLayers['base']): AsyncIterable<Uint8Array>;
}

export interface LocalisationWanted {
  readonly set: 'demo' | 'tarball';
  readonly languages: 'all' | readonly string[];
  readonly hot: readonly string[];
}

export async function localisationWorld({ set, languages, hot }: LocalisationWanted): Promise<LocalisationWorld> {
  const cache = environment.cache();
  const world = valueOf(await ensureWorld({ cache, context: testContext() }));
  const workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache }));
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-l10n-'));
  const asked = { languages: languages === 'all' ? languages : [...languages], hot: [...hot], opcache: 48 };
  const settings = localisationSettings(asked, () => ({ file: 'mwpipe.yaml', line: 1, column: 1, length: 1 }));
  const built = new Map<string, Promise<string>>();
  const patched = new Set<string>();
  const image = imagesOf(workspace, { set, built, patched });
  const localise = (store: string, patches: readonly PatchSource[] = []): Promise<Localised> =>
    withGit(workspace, async (git) => {
      const lock = await lockOf(workspace, { set, patches, git });
      const started = performance.now();
      const blobs = blobStore(join(folder, store));
      const runtime = sha256('the runtime of the test');
      const reading = { blobs, objects: git.objects };
      const facts = valueOf(await readLocalisation({ lock, runtime, settings }, reading, testContext()));
      const plan = planLocalisation(facts);
      const { ports, runs, mediawikiMs } = portsOf(blobs, (which) => image(which === 'base' ? [] : patches));
      const layers = valueOf(await makeLocalisation({ facts, plan }, ports, testContext()));
      return { plan, layers, runs, ms: performance.now() - started, mediawikiMs: mediawikiMs() };
    });
  return {
    world,
    folder,
    image,
    forget: () => {
      built.clear();
    },
    localise,
    tar: (store, layers) =>
      storedTar(
        layers.flatMap(({ files }) => files),
        blobStore(join(folder, store)),
      ),
    [Symbol.asyncDispose]: async () => {
      for (const id of patched)
        await dockerEngine()
          .getImage(id)
          .remove({ force: true })
          .catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function imagesOf(
  workspace: Workspace,
  { set, built, patched }: { set: string; built: Map<string, Promise<string>>; patched: Set<string> },
): LocalisationWorld['image'] {
  const build = async (patches: readonly PatchSource[]): Promise<string> => {
    const options = { set, runtime: 'php82', flavour: 'web', patches } as const;
    const { imageId } = valueOf(await buildIn(workspace, options, testContext()));
    if (patches.length > 0) patched.add(imageId);
    return imageId;
  };
  return (patches = []) => {
    const key = JSON.stringify(patches);
    const image = built.get(key) ?? build(patches);
    built.set(key, image);
    return image;
  };
}

async function lockOf(
  workspace: Workspace,
  { set, patches, git }: { readonly set: string; readonly patches: readonly PatchSource[]; readonly git: GitPorts },
): Promise<Lockfile> {
  const lock = valueOf(await readLock(workspace.root, set));
  return patches.length === 0 ? lock : valueOf(await resolvePatched({ lock, patches }, git, testContext()));
}

interface Watched {
  readonly ports: LocalisationPorts;
  readonly runs: string[];
  readonly mediawikiMs: () => number;
}

function portsOf(blobs: BlobStore, imageOf: (which: 'base' | 'patched') => Promise<string>): Watched {
  const runs: string[] = [];
  const runner = dockerRunner(dockerEngine());
  let which = '';
  let ms = 0;
  const run: Runner['run'] = (request, output, context) => {
    const [, codes = ''] = /--lang=(\S+)/.exec(request.argv.join(' ')) ?? [];
    runs.push(`${which} ${codes.split(',').sort().join(',')}`);
    const started = performance.now();
    const take = async (path: string, tar: AsyncIterable<Uint8Array>): Promise<void> => {
      ms += performance.now() - started;
      await request.collect?.take(path, tar);
    };
    return runner.run({ ...request, collect: { paths: request.collect?.paths ?? [], take } }, output, context);
  };
  const code = async (side: 'base' | 'patched') => {
    which = side;
    return ok(await imageOf(side));
  };
  return { ports: { blobs, threads: availableParallelism(), code, runner: { run } }, runs, mediawikiMs: () => ms };
}
