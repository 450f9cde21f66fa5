/**
 * Images as an OCI layout, a folder that skopeo, umoci, buildah and containerd read:
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md. Blobs are links to the store's, so one image
 * more costs its names. Only what is whole is named in index.json.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { sha256, type Digest } from '../../kernel/digest.ts';
import { messageOf, systemCodeOf } from '../../kernel/error.ts';
import { withFileLock } from '../../kernel/file-lock.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { guardDisk, writeAtomically } from '../../kernel/write-atomically.ts';
import { attachmentManifest, EMPTY_CONFIG, type Attachment, type Descriptor } from './attachment.ts';
import type { AssembledImage } from './image-config.ts';
import { MANIFEST_TYPE } from './manifest.ts';

export interface LayoutRequest {
  readonly image: Pick<AssembledImage, 'config' | 'manifest' | 'manifestDigest' | 'imageId' | 'layers'>;
  /** `org.opencontainers.image.ref.name`: what `skopeo inspect oci:DIR:NAME` takes. */
  readonly name: string;
  readonly attachments?: readonly Attachment[];
}

/** An index of our own is a few kB; nobody's needs to be more. */
const MOST_INDEX_BYTES = 4_000_000;
const REF_NAME = 'org.opencontainers.image.ref.name';

const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(
    z.looseObject({
      digest: z.string(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/**
 * Adds an image to the layout in `folder`, made where there is none; others in it stay, one with the same name loses it.
 * Two runs at once both get in.
 * @returns fails with `build/no-layout` where the folder holds something else; throws `disk/full`
 */
export async function layOut(
  folder: string,
  request: LayoutRequest,
  { blobs, context }: { readonly blobs: BlobStore; readonly context: RunContext<never> },
): Promise<Outcome<Descriptor>> {
  const { image } = request;
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  await writeBlob(folder, image.config);
  for (const { blob } of image.layers) await linkBlob(folder, { digest: blob.digest, bytes: blob.bytes, blobs });
  await writeBlob(folder, image.manifest);
  const subject = { mediaType: MANIFEST_TYPE, digest: image.manifestDigest, size: image.manifest.length };
  const attached: Descriptor[] = [];
  for (const attachment of request.attachments ?? []) {
    const { manifest, descriptor } = attachmentManifest(attachment, subject);
    for (const data of [EMPTY_CONFIG, attachment.data, manifest]) await writeBlob(folder, data);
    attached.push(descriptor);
  }
  return withFileLock(join(folder, '.lock'), context, () => addToIndex(folder, { ...request, subject, attached }));
}

async function addToIndex(
  folder: string,
  {
    name,
    subject,
    attached,
  }: LayoutRequest & { readonly subject: Descriptor; readonly attached: readonly Descriptor[] },
): Promise<Outcome<Descriptor>> {
  const index = await readIndex(folder);
  if (!index.ok) return index;
  const named = { ...subject, annotations: { [REF_NAME]: name } };
  const added = new Set<string>([subject.digest, ...attached.map(({ digest }) => digest)]);
  const others = index.value.manifests.filter(
    ({ digest, annotations }) => annotations?.[REF_NAME] !== name && !(added.has(digest) && annotations === undefined),
  );
  const kept = others.filter(({ digest }) => !attached.some((one) => one.digest === digest));
  const manifests = [...kept, named, ...attached];
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  await writeAtomically(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeAtomically(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  return ok(named);
}

async function readIndex(folder: string): Promise<Outcome<z.output<typeof indexSchema>>> {
  const file = join(folder, 'index.json');
  try {
    if ((await stat(file)).size > MOST_INDEX_BYTES) return fail(noLayout(folder, 'its index.json is too long'));
    return ok(indexSchema.parse(JSON.parse(await readFile(file, 'utf8'))));
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return ok({ schemaVersion: 2, manifests: [] });
    return fail(noLayout(folder, `its index.json can't be understood: ${messageOf(cause).split('\n')[0] ?? ''}`));
  }
}

function noLayout(folder: string, because: string) {
  return {
    code: 'build/no-layout',
    message: `${folder} is no OCI layout that can be added to: ${because}`,
    hint: 'name an empty folder, or one that mwpipe or skopeo made',
    exit: 'outside',
  } as const;
}

interface BlobSource {
  readonly digest: Digest;
  readonly bytes: number;
  readonly blobs: BlobStore;
}

/** A link where both are on one disk, else a copy; one that was made from what is in the store now stays. */
async function linkBlob(folder: string, { digest, bytes, blobs }: BlobSource): Promise<void> {
  const target = pathIn(folder, digest);
  const stored = await blobs.has(digest);
  if (stored === undefined) throw new Error(`blob ${digest} has gone from the cache`);
  const [there, source] = await Promise.all([stat(target).catch(() => undefined), stat(stored.path)]);
  const isSame = there?.dev === source.dev ? there.ino === source.ino : there?.size === bytes;
  if (isSame) return;
  const beside = `${target}.${randomUUID()}.part`;
  await guardDisk(folder, async () => {
    try {
      await link(stored.path, beside).catch(() => copyFile(stored.path, beside));
      await rename(beside, target);
    } finally {
      await rm(beside, { force: true });
    }
  });
}

async function writeBlob(folder: string, data: Buffer): Promise<void> {
  const target = pathIn(folder, sha256(data));
  if ((await stat(target).catch(() => undefined))?.size === data.length) return;
  await writeAtomically(target, data);
}

function pathIn(folder: string, digest: Digest): string {
  return join(folder, 'blobs/sha256', digest.slice('sha256:'.length));
}
