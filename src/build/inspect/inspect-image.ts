/** What an image says of itself: its labels, its history, and the lock that lies in it. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { short, type Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { InspectPorts } from '../inspect-ports.ts';
import { lockSchema, parseDocument, type InnerLock } from './image-documents.ts';
import { parseImageRef } from './image-ref.ts';
import { openImage } from './open-image.ts';
import type { OpenedImage, OpenedLayer } from './opened-image.ts';

export interface InspectedComponent {
  readonly name: string;
  readonly path: string;
  readonly url: string;
  readonly ref?: string;
  readonly commit: string;
  readonly tree: string;
  readonly version?: string;
  /** Tree of the component with everything on top. */
  readonly patched?: string;
}

export interface InspectedImage {
  readonly imageId: Digest;
  readonly manifestDigest?: Digest;
  readonly tags: readonly string[];
  readonly set: string;
  readonly mediawiki: string;
  readonly runtime: string;
  readonly architecture: string;
  readonly visibility: 'public' | 'private';
  /** Lowest first. */
  readonly layers: readonly OpenedLayer[];
  /** As they are pulled; undefined for an engine's image. */
  readonly pullBytes?: number;
  readonly components: readonly InspectedComponent[];
  /** Components with something on top. */
  readonly patchedCount: number;
}

export interface InspectRequest {
  /** `mwpipe/demo:c604ebd21ab9`, `sha256:...`, `oci:DIR[:NAME]` */
  readonly image: string;
  /** Folder that relative ones count from. */
  readonly from: string;
}

/**
 * @returns fails with `image/bad-reference`, `image/not-ours` for one that mwpipe didn't build (what can be told of it is
 * in the message), and as `openImage` does
 */
export async function inspectImage(
  { image, from }: InspectRequest,
  ports: InspectPorts,
  context: RunContext<never>,
): Promise<Outcome<InspectedImage>> {
  const ref = parseImageRef(image, from);
  if (!ref.ok) return ref;
  const opened = await openImage(ref.value, ports, context);
  if (!opened.ok) return opened;
  if (opened.value.labels['mwpipe.kind'] !== 'image') return fail(notOurs(opened.value));
  const lock = await innerLock(opened.value);
  return lock.ok ? ok(inspected(opened.value, lock.value)) : lock;
}

async function innerLock(image: OpenedImage): Promise<Outcome<InnerLock>> {
  const file = await image.file('lock', 'srv/mediawiki/mwpipe.json');
  if (!file.ok) return file;
  const lock = file.value === undefined ? undefined : parseDocument(file.value, lockSchema);
  return lock === undefined ? fail(noLock(image)) : ok(lock);
}

function inspected(image: OpenedImage, lock: InnerLock): InspectedImage {
  const { imageId, manifest, tags, architecture, labels, layers } = image;
  const patched = patchedTrees(labels['mwpipe.patched']);
  const isPrivate = lock.visibility === 'private' || labels['mwpipe.visibility'] === 'private';
  return {
    imageId,
    ...(manifest === undefined ? {} : { manifestDigest: manifest.digest, pullBytes: pullBytes(layers) }),
    tags,
    ...{ set: lock.set, mediawiki: lock.mediawiki, runtime: labels['mwpipe.runtime'] ?? 'unknown', architecture },
    visibility: isPrivate ? 'private' : 'public',
    layers,
    components: lock.components.map(({ name, path, url, ref, commit, tree, version }) => ({
      ...{ name, path, url, commit, tree },
      ...(ref === undefined ? {} : { ref }),
      ...(version === undefined ? {} : { version }),
      ...patchOf(patched.get(name)),
    })),
    patchedCount: patched.size,
  };
}

function patchOf(tree: string | undefined): { readonly patched?: string } {
  return tree === undefined ? {} : { patched: tree };
}

/** `Cite@4d557da1 Echo@...` */
function patchedTrees(label = ''): Map<string, string> {
  const words = label.split(' ').filter((word) => word.includes('@'));
  return new Map(words.map((word) => [word.slice(0, word.lastIndexOf('@')), word.slice(word.lastIndexOf('@') + 1)]));
}

function pullBytes(layers: readonly OpenedLayer[]): number {
  const blobs = new Map(layers.flatMap(({ blob }) => (blob === undefined ? [] : [[blob.digest, blob.bytes]])));
  return [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function notOurs({ text, imageId, architecture, created, layers, labels }: OpenedImage): Diagnostic {
  const title = labels['org.opencontainers.image.title'] ?? labels['mwpipe.kind'];
  const told = [
    `${layers.length} layers`,
    architecture,
    ...(created === '' ? [] : [`made ${created.slice(0, 10)}`]),
    ...(title === undefined ? [] : [`calls itself ${quote(title)}`]),
    ...(layers.length === 0 ? [] : [`the last by ${quote(layers.at(-1)?.name ?? '')}`]),
  ];
  return {
    code: 'image/not-ours',
    message: `mwpipe didn't build ${quote(text)} (${short(imageId)}): ${told.join(', ')}`,
    hint: 'only images that mwpipe build made say what is in them',
    exit: 'input',
  };
}

function noLock({ text, imageId }: OpenedImage): Diagnostic {
  return {
    code: 'image/no-lock',
    message: `${quote(text)} (${short(imageId)}) has mwpipe's label, but no srv/mediawiki/mwpipe.json that can be read`,
    hint: 'it was changed after mwpipe built it, or a newer mwpipe did',
    exit: 'outside',
  };
}
