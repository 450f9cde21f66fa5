/** The localisation cache of the demo's set, made by real MediaWiki in the demo's image, in a store of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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
import { withGit } from '../../../src/composition/git.ts';
import { blobStore, type BlobStore } from '../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../src/kernel/digest.ts';
import { ok } from '../../../src/kernel/outcome.ts';
import { openWorkspace } from '../../../src/kernel/workspace.ts';
import { readLock, resolvePatched, type PatchSource } from '../../../src/resolve/index.ts';
import { testContext } from '../context.ts';
import { ensureWorld, type World } from '../mediawiki/index.ts';
import { valueOf } from '../overlays.ts';

export interface Localised {
  readonly plan: LocalisationPlan;
  readonly layers: LocalisationLayers;
  /** `base de,en`: each run of MediaWiki. */
  readonly runs: readonly string[];
}

export interface LocalisationWorld extends AsyncDisposable {
  readonly world: World;
  readonly folder: string;
  /** In a store below `folder`, with work trees on top. */
  localise(store: string, patches?: readonly PatchSource[]): Promise<Localised>;
  /** Layers as a tar at the root of a container. */
  tar(store: string, layers: LocalisationLayers['base']): AsyncIterable<Uint8Array>;
}

/** @param languages in the order of who is hot first; `hot` of them are arrays */
export async function localisationWorld(
  languages: readonly string[],
  hot: readonly string[],
): Promise<LocalisationWorld> {
  const cache = environment.cache();
  const world = valueOf(await ensureWorld({ cache, context: testContext() }));
  const workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache }));
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-l10n-e2e-'));
  const options = { set: 'demo', runtime: 'php82', flavour: 'web' } as const;
  const imageOf = async (patches: readonly PatchSource[]): Promise<string> =>
    valueOf(await buildIn(workspace, { ...options, patches }, testContext())).imageId;
  const asked = { languages: [...languages], hot: [...hot], opcache: 48 };
  const settings = localisationSettings(asked, () => ({ file: 'mwpipe.yaml', line: 1, column: 1, length: 1 }));
  const localise = (store: string, patches: readonly PatchSource[] = []): Promise<Localised> =>
    withGit(workspace, async (git) => {
      const committed = valueOf(await readLock(workspace.root, 'demo'));
      const lock = valueOf(
        patches.length === 0 ? ok(committed) : await resolvePatched({ lock: committed, patches }, git, testContext()),
      );
      const blobs = blobStore(join(folder, store));
      const runtime = sha256('the runtime of the test');
      const reading = { blobs, objects: git.objects };
      const facts = valueOf(await readLocalisation({ lock, runtime, settings }, reading, testContext()));
      const plan = planLocalisation(facts);
      const { ports, runs } = portsOf(blobs, (which) => imageOf(which === 'base' ? [] : patches));
      return { plan, layers: valueOf(await makeLocalisation({ facts, plan }, ports, testContext())), runs };
    });
  return {
    world,
    folder,
    localise,
    tar: (store, layers) =>
      storedTar(
        layers.flatMap(({ files }) => files),
        blobStore(join(folder, store)),
      ),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function portsOf(
  blobs: BlobStore,
  imageOf: (which: 'base' | 'patched') => Promise<string>,
): { readonly ports: LocalisationPorts; readonly runs: string[] } {
  const runs: string[] = [];
  const runner = dockerRunner(dockerEngine());
  let which = '';
  const ports: LocalisationPorts = {
    blobs,
    threads: 2,
    code: async (side) => {
      which = side;
      return ok(await imageOf(side));
    },
    runner: {
      run: (request, output, context) => {
        const [, codes = ''] = /--lang=(\S+)/.exec(request.argv.join(' ')) ?? [];
        runs.push(`${which} ${codes.split(',').sort().join(',')}`);
        return runner.run(request, output, context);
      },
    },
  };
  return { ports, runs };
}
