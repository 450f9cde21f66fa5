/** Looking into images, with the real engine and layouts on disk. */
import { join } from 'node:path';
import {
  diffImages,
  inspectImage,
  verifyImage,
  verifyingKey,
  type ImageDiff,
  type InspectedImage,
  type InspectEvent,
  type ImageSource,
  type InspectPorts,
  type VerifiedImage,
} from '../build/index.ts';
import { blobStore } from '../kernel/blob-store.ts';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { readKeyFile } from './signing.ts';

export interface ImagePlace {
  readonly cache: string;
  /** Folder that relative names count from. */
  readonly from: string;
}

type Context = RunContext<InspectEvent>;

export async function inspectIn(place: ImagePlace, image: string, context: Context): Promise<Outcome<InspectedImage>> {
  return inspectImage({ image, from: place.from }, await inspectPorts(place), context);
}

/** Both are looked for, so that both mistakes are told. */
export async function diffIn(
  place: ImagePlace,
  images: readonly [before: string, after: string],
  context: Context,
): Promise<Outcome<ImageDiff>> {
  const ports = await inspectPorts(place);
  const read = await Promise.all(images.map((image) => inspectImage({ image, from: place.from }, ports, context)));
  const both = all(read);
  if (!both.ok) return both;
  const [before, after] = both.value;
  if (before === undefined || after === undefined) throw new Error('two images were asked for');
  return ok(diffImages(before, after));
}

export async function verifyIn(
  place: ImagePlace,
  { image, keyFile }: { readonly image: string; readonly keyFile: string },
  context: Context,
): Promise<Outcome<VerifiedImage>> {
  const pem = await readKeyFile(keyFile);
  const key = pem.ok ? verifyingKey(keyFile, pem.value) : pem;
  if (!key.ok) return key;
  return verifyImage({ image, from: place.from, key: key.value }, await inspectPorts(place), context);
}

async function inspectPorts({ cache }: ImagePlace): Promise<InspectPorts> {
  const [{ dockerEngine }, { dockerImages }, { layoutSource }, { storeSource }] = await Promise.all([
    import('../adapters/docker/engine.ts'),
    import('../adapters/docker/inspect-images.ts'),
    import('../adapters/oci/layout-source.ts'),
    import('../adapters/oci/store-source.ts'),
  ]);
  return {
    engine: dockerImages(dockerEngine()),
    layout: layoutSource,
    cache: eitherOf(layoutSource(join(cache, 'oci')), storeSource(blobStore(join(cache, 'blobs')))),
  };
}

/** What was built is in the layout of the cache, what was pulled in the store. */
function eitherOf(layout: ImageSource, store: ImageSource): ImageSource {
  return {
    manifest: async (reference, context) => {
      const found = await layout.manifest(reference, context);
      return found.ok && found.value !== undefined ? found : store.manifest(reference, context);
    },
    blob: async (wanted, context) => {
      const found = await layout.blob(wanted, context);
      return found.ok && found.value !== undefined ? found : store.blob(wanted, context);
    },
    attachments: async (subject, context) => {
      const found = await layout.attachments(subject, context);
      return found.ok && found.value.length > 0 ? found : store.attachments(subject, context);
    },
    names: (context) => layout.names(context),
  };
}
