/** Finds an image where its name says, and reads its manifest and configuration. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { sha256 } from '../../kernel/digest.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import {
  MOST_MANIFEST_BYTES,
  type EngineImage,
  type FoundManifest,
  type ImageSource,
  type InspectPorts,
} from '../inspect-ports.ts';
import { configSchema, indexSchema, manifestSchema, parseDocument, type Manifest } from './image-documents.ts';
import { machineArchitecture } from '../machine.ts';
import type { ImageRef } from './image-ref.ts';
import { layerNames, type OpenedImage } from './opened-image.ts';
import { fileInLayer, readWhole, tooLarge, wrongDigest } from './read-blobs.ts';

type Context = RunContext<never>;

/**
 * @returns fails with `image/unknown`, with `image/*` for one that can't be read, is too long or lies about a digest, and
 * as the engine does
 */
export async function openImage(ref: ImageRef, ports: InspectPorts, context: Context): Promise<Outcome<OpenedImage>> {
  switch (ref.kind) {
    case 'engine':
      return openInEngine(ref.name, ref.text, ports);
    case 'layout':
      return openInSource(ports.layout(ref.folder), { text: ref.text, reference: ref.reference, context });
    case 'digest': {
      const kept = await openInSource(ports.cache, { text: ref.text, reference: ref.digest, context });
      const isUnknown = !kept.ok && kept.diagnostics[0].code === 'image/unknown';
      return isUnknown ? openInEngine(ref.digest, ref.text, ports) : kept;
    }
  }
}

async function openInEngine(name: string, text: string, { engine }: InspectPorts): Promise<Outcome<OpenedImage>> {
  const found = await engine.find(name);
  if (!found.ok) return found;
  if (found.value === undefined) {
    const names = await engine.names();
    return fail(unknown(text, names.ok ? names.value : []));
  }
  return ok(engineImage(found.value, text, { engine }));
}

function engineImage(image: EngineImage, text: string, { engine }: Pick<InspectPorts, 'engine'>): OpenedImage {
  const { imageId, tags, architecture, created, labels, diffIds, history } = image;
  const names = layerNames(history);
  const sizes = history.filter(({ empty }) => !empty).map(({ bytes }) => bytes);
  const layers = diffIds.map((diffId, index) => {
    const bytes = sizes[index];
    return { name: names[index] ?? `layer ${index + 1}`, diffId, ...(bytes === undefined ? {} : { bytes }) };
  });
  return {
    ...{ text, imageId, tags, architecture, created, labels, layers },
    file: (_layer, path) => engine.file(imageId, path),
  };
}

interface Asked {
  readonly text: string;
  readonly reference: string | undefined;
  readonly context: Context;
}

async function openInSource(source: ImageSource, asked: Asked): Promise<Outcome<OpenedImage>> {
  const found = await source.manifest(asked.reference, asked.context);
  if (!found.ok) return found;
  if (found.value === undefined) {
    const names = await source.names(asked.context);
    return fail(unknown(asked.text, names.ok ? names.value : []));
  }
  const checked = checkManifest(found.value);
  if (!checked.ok) return checked;
  const index = parseDocument(found.value.data, indexSchema);
  if (index === undefined) return openManifest(found.value, source, asked);
  const mine = index.manifests.filter(({ platform }) => platform?.architecture === machineArchitecture());
  const one = mine[0] ?? index.manifests[0];
  if (one === undefined || asked.reference === one.digest) return fail(noManifest(asked.text));
  return openInSource(source, { ...asked, reference: one.digest });
}

async function openManifest(found: FoundManifest, source: ImageSource, asked: Asked): Promise<Outcome<OpenedImage>> {
  const document = parseDocument(found.data, manifestSchema);
  if (document === undefined) return fail(noManifest(asked.text));
  const { context } = asked;
  const data = await readWhole(document.config, MOST_MANIFEST_BYTES, { source, context, what: 'the configuration' });
  if (!data.ok) return data;
  const config = parseDocument(data.value, configSchema);
  if (config?.rootfs.diff_ids.length !== document.layers.length) return fail(noManifest(asked.text));
  const history = (config.history ?? []).map((step) => ({ createdBy: step.created_by, empty: step.empty_layer }));
  const names = layerNames(history);
  const layers = document.layers.map(({ digest, size, annotations }, index) => ({
    name: annotations?.[LAYER_ANNOTATION] ?? names[index] ?? `layer ${index + 1}`,
    diffId: config.rootfs.diff_ids[index] ?? digest,
    blob: { digest, bytes: size },
  }));
  return ok({
    ...{ text: asked.text, imageId: document.config.digest, tags: [], architecture: config.architecture, layers },
    created: config.created ?? '',
    labels: config.config?.Labels ?? {},
    manifest: { digest: found.digest, document, source },
    file: (layer, path) => fileOf({ document, names: layers.map(({ name }) => name), source, context }, layer, path),
  });
}

const LAYER_ANNOTATION = 'mwpipe.layer';
/** 200 components are 100 kB. */
const MOST_FILE_BYTES = 16_000_000;

interface Layers {
  readonly document: Manifest;
  readonly names: readonly string[];
  readonly source: ImageSource;
  readonly context: Context;
}

async function fileOf(
  { document, names, source, context }: Layers,
  layer: string,
  path: string,
): Promise<Outcome<Buffer | undefined>> {
  const wanted = document.layers[names.lastIndexOf(layer)];
  if (wanted === undefined) return ok(undefined);
  return fileInLayer(wanted, { path, most: MOST_FILE_BYTES }, { source, context, what: `layer ${layer}` });
}

function checkManifest({ data, digest }: FoundManifest): Outcome<void> {
  if (data.length > MOST_MANIFEST_BYTES) return fail(tooLarge('the manifest', data.length, MOST_MANIFEST_BYTES));
  if (sha256(data) === digest) return ok();
  return fail(wrongDigest('the manifest', digest, 'its bytes have another digest'));
}

function noManifest(text: string): Diagnostic {
  return {
    code: 'image/no-manifest',
    message: `what is at ${quote(text)} is no image's manifest with its configuration`,
    hint: 'an attachment, an image of an older format, or damaged: skopeo inspect --raw shows it',
    exit: 'outside',
  };
}

function unknown(text: string, names: readonly string[]): Diagnostic {
  const last = text.replace(/^oci:[^:@]+[:@]?/, '');
  const near = nearest(last, names) ?? names.find((name) => last !== '' && name.startsWith(last));
  const some = names.slice(0, 5).join(', ');
  const there = names.length === 0 ? 'there is none of mwpipe: mwpipe build makes one' : `there are: ${some}`;
  return {
    code: 'image/unknown',
    message: `there is no image ${quote(text)}`,
    hint: near === undefined ? there : `did you mean ${near}?`,
    exit: 'input',
  };
}
