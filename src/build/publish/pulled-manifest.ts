/** The manifest of an image that somebody else may have made: only what we can load is taken, by its digests. */
import { z } from 'zod';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';
import type { ManifestDocument } from '../registry-ports.ts';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const descriptor = z.object({ mediaType: z.string(), digest, size: z.int().min(0) });
const manifestSchema = z.object({ config: descriptor, layers: z.array(descriptor) });
const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(digest) }) });

/** Docker's own names for the same bytes. */
const LAYER_TYPES: Readonly<Record<string, LayerBlob['mediaType']>> = {
  'application/vnd.oci.image.layer.v1.tar+gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'application/vnd.oci.image.layer.v1.tar+gzip',
};

type LayerBlob = StoredLayer['blob'];

export interface ManifestParts {
  readonly config: { readonly digest: Digest; readonly bytes: number };
  readonly layers: readonly LayerBlob[];
}

/** @returns fails with `registry/not-an-image` */
export function readManifestParts({ data, digest: name }: ManifestDocument): Outcome<ManifestParts> {
  const parsed = manifestSchema.safeParse(parseJson(data));
  if (!parsed.success) return fail(notAnImage(name, 'its manifest names no config and layers: is it an index?'));
  const layers: LayerBlob[] = [];
  for (const layer of parsed.data.layers) {
    const mediaType = LAYER_TYPES[layer.mediaType];
    if (mediaType === undefined) return fail(notAnImage(name, `it has a layer of type ${quote(layer.mediaType)}`));
    layers.push({ digest: layer.digest, bytes: layer.size, mediaType });
  }
  const { config } = parsed.data;
  return ok({ config: { digest: config.digest, bytes: config.size }, layers });
}

/** The digests of the layers' tars, lowest first. */
export function readDiffIds(config: Buffer, of: { readonly name: Digest; readonly layers: number }): Outcome<Digest[]> {
  const parsed = configSchema.safeParse(parseJson(config));
  if (!parsed.success) return fail(notAnImage(of.name, 'its config names no layers'));
  const { diff_ids: diffIds } = parsed.data.rootfs;
  if (diffIds.length === of.layers) return ok(diffIds);
  return fail(notAnImage(of.name, `its config names ${diffIds.length} layers, its manifest ${of.layers}`));
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function notAnImage(name: Digest, why: string): Diagnostic {
  return {
    code: 'registry/not-an-image',
    message: `${name} is no image that mwpipe can take: ${why}`,
    hint: 'mwpipe pulls the manifest of one platform, with layers compressed by gzip or zstd',
  };
}
