/** Where else an image is written: an OCI layout or one archive, as skopeo names them (`oci:DIR`, `oci-archive:FILE`). */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { guardDisk } from '../../kernel/write-atomically.ts';
import type { Attachment } from './attachment.ts';
import { checkLayers } from './damaged-layer.ts';
import { imageArchive } from './image-archive.ts';
import type { AssembledImage } from './image-config.ts';
import { layOut } from './oci-layout.ts';

export interface ImageOutput {
  readonly kind: 'oci' | 'oci-archive' | 'docker-archive';
  /** Absolute. */
  readonly path: string;
  /** What the image is called in a layout. */
  readonly name: string;
}

/** `oci:DIR[:NAME]`, `oci-archive:FILE`, `docker-archive:FILE`. @returns fails with `build/bad-output` */
export function parseOutput(text: string, from: string): Outcome<ImageOutput> {
  const [, kind, rest = ''] = /^(oci|oci-archive|docker-archive):(.+)$/.exec(text) ?? [];
  const [path = '', name = 'latest'] = kind === 'oci' ? rest.split(':') : [rest];
  const isName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(name);
  if (kind !== undefined && path !== '' && isName) {
    return ok({ kind: kind as ImageOutput['kind'], path: resolve(from, path), name });
  }
  return fail({
    code: 'build/bad-output',
    message: `can't write an image to ${quote(text)}`,
    hint: 'write oci:DIR[:NAME], oci-archive:FILE or docker-archive:FILE',
  });
}

export interface OutputTools {
  readonly blobs: BlobStore;
  readonly context: RunContext<never>;
  readonly attachments: readonly Attachment[];
}

/**
 * An archive is whole or not there; what goes in was read against its digest.
 * @returns fails with `build/damaged-layer`, and as `layOut` does; throws `disk/full`
 */
export async function writeOutput(
  { kind, path, name }: ImageOutput,
  image: AssembledImage,
  { blobs, context, attachments }: OutputTools,
): Promise<Outcome<void>> {
  const whole = await checkLayers(image.layers, blobs);
  if (!whole.ok) return whole;
  if (kind === 'oci') {
    const made = await layOut(path, { image, name, attachments }, { blobs, context });
    return made.ok ? ok() : made;
  }
  const beside = `${dirname(path)}/.${basename(path)}.part`;
  await guardDisk(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    try {
      await pipeline(imageArchive(image, { blobs, name }), createWriteStream(beside), { signal: context.signal });
      await rename(beside, path);
    } finally {
      await rm(beside, { force: true });
    }
  });
  return ok();
}
