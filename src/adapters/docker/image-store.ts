/**
 * Images in the Docker engine. `docker load` takes an archive that lacks the layers which the engine has (checked on
 * 20.10); an engine that doesn't gets the whole image, and an event says so.
 */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { MwpipeError } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';
import { damagedLayer } from '../../build/index.ts';
import type { BuildEvent, ImageStore, LayerChain, LoadRequest } from '../../build/index.ts';
import { dockerArchive } from './docker-archive.ts';
import { guardEngine, unlessMissing, type Docker } from './engine.ts';
import { EngineRefusal, upload, type EngineMessage } from './upload.ts';

type Context = RunContext<BuildEvent>;

export function dockerImageStore(docker: Docker, blobs: BlobStore): ImageStore {
  return {
    chains: () => guardEngine(() => chains(docker, blobs)),
    load: async (request, context) => {
      const loaded = await guardEngine(() => loadOnce({ docker, blobs, request, context }));
      return loaded.ok ? loaded.value : loaded;
    },
  };
}

/** Asked of the engine each time: what it held yesterday may have been pruned. */
async function chains(docker: Docker, blobs: BlobStore): Promise<LayerChain[]> {
  const images = await docker.listImages({ filters: { label: ['mwpipe.kind'] } });
  const found = await Promise.all(images.map((image) => layersOf(image.Id as Digest, { docker, blobs })));
  return found.filter((chain) => chain !== undefined);
}

/** An image ID stands for its layers for ever, so they are asked for once. */
async function layersOf(
  imageId: Digest,
  { docker, blobs }: { readonly docker: Docker; readonly blobs: BlobStore },
): Promise<LayerChain | undefined> {
  const known = await blobs.recall(`image-layers/${imageId}`);
  if (Array.isArray(known)) return known as Digest[];
  const inspected = await unlessMissing(docker.getImage(imageId).inspect());
  if (inspected === undefined) return undefined;
  const layers = (inspected.RootFS.Layers ?? []) as Digest[];
  await blobs.remember(`image-layers/${imageId}`, layers);
  return layers;
}

interface Load {
  readonly docker: Docker;
  readonly blobs: BlobStore;
  readonly request: LoadRequest;
  readonly context: Context;
}

type Loaded = Outcome<{ readonly sentBytes: number }>;

async function loadOnce(load: Load): Promise<Loaded> {
  const { docker, request, context } = load;
  const there = await unlessMissing(docker.getImage(request.imageId).inspect());
  if (there !== undefined) {
    if (!there.RepoTags.includes(request.tag)) await tag(load);
    context.emit({ code: 'build/image-there', imageId: request.imageId });
    return ok({ sentBytes: 0 });
  }
  try {
    return ok(await send(load, request.layers.slice(request.held)));
  } catch (thrown) {
    if (!(thrown instanceof EngineRefusal) || isDiskFull(thrown)) throw thrown;
    const damaged = await takeOutDamaged(load);
    if (damaged !== undefined) return fail(damaged);
    if (request.held === 0) return fail(loadFailed(thrown));
    context.emit({ code: 'build/partial-load-refused', because: thrown.message });
    return loadWhole(load);
  }
}

async function loadWhole(load: Load): Promise<Loaded> {
  try {
    return ok(await send(load, load.request.layers));
  } catch (thrown) {
    if (!(thrown instanceof EngineRefusal) || isDiskFull(thrown)) throw thrown;
    return fail(loadFailed(thrown));
  }
}

async function send(load: Load, layers: readonly StoredLayer[]): Promise<{ sentBytes: number }> {
  const { docker, blobs, request, context } = load;
  for (const layer of layers) await mustBeStored(layer, blobs);
  const totalBytes = layers.reduce((total, { blob }) => total + blob.bytes, 0);
  const started = context.clock.now();
  let sentBytes = 0;
  const onSent = (bytes: number): void => {
    sentBytes += bytes;
    context.emit({ code: 'build/sending', sentBytes, totalBytes });
  };
  await upload({
    body: dockerArchive({ image: request, layers, blobs, onSent }),
    send: (body, abortSignal) => docker.loadImage(body, { abortSignal }),
    onMessage: unpackingProgress(layers.length, context),
    signal: context.signal,
  });
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/image-sent', sentBytes, layers: layers.length, ms });
  return { sentBytes };
}

async function mustBeStored({ blob, diffId }: StoredLayer, blobs: BlobStore): Promise<void> {
  const stored = await blobs.has(blob.digest);
  if (stored?.bytes !== blob.bytes) throw missingLayer(diffId);
}

/** The engine unpacks after the last byte came, layer by layer, each under an id of its own. */
function unpackingProgress(layers: number, context: Context): (message: EngineMessage) => void {
  const seen = new Set<string>();
  return ({ id, progressDetail }) => {
    if (id === undefined || progressDetail === undefined || seen.has(id)) return;
    seen.add(id);
    context.emit({ code: 'build/unpacking', layer: seen.size, layers });
  };
}

/** The engine checks what it unpacks. A layer of ours that isn't what its name says is taken out of the store. */
async function takeOutDamaged({ blobs, request }: Load): Promise<Diagnostic | undefined> {
  for (const { blob, diffId } of request.layers.slice(request.held)) {
    const stored = await blobs.has(blob.digest);
    if (stored !== undefined && (await blobs.check(blob.digest)) === undefined) return damagedLayer(diffId);
  }
  return undefined;
}

function loadFailed(refusal: EngineRefusal): Diagnostic {
  return {
    code: 'docker/load-failed',
    message: `the Docker engine refused the image: ${refusal.message}`,
    hint: 'its log says more: journalctl -u docker',
    exit: 'outside',
  };
}

function isDiskFull(refusal: EngineRefusal): boolean {
  return /no space left on device/i.test(refusal.message);
}

async function tag({ docker, request }: Load): Promise<void> {
  const [repo = '', name = ''] = request.tag.split(':');
  await docker.getImage(request.imageId).tag({ repo, tag: name });
}

function missingLayer(diffId: Digest): MwpipeError {
  return new MwpipeError({
    code: 'docker/load-failed',
    message: `neither the cache nor the engine has layer ${diffId.slice(7, 19)}`,
    hint: 'something removed it meanwhile: run the same command again',
    source: 'outside',
  });
}
