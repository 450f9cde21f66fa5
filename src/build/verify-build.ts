/**
 * Builds an image again in another place, with nothing made before, and compares: the proof that its bytes follow from its
 * lock and its runtime alone. The runtime is pinned by its digest, so its layers are taken as they are.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { blobStore } from '../kernel/blob-store.ts';
import type { Digest } from '../kernel/digest.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { stackedStore } from '../kernel/stacked-store.ts';
import { buildImage, type BuildRequest, type BuiltImage } from './build-image.ts';
import type { BuildEvent } from './events.ts';
import type { BuildPorts } from './build-ports.ts';

export interface Verification {
  readonly imageId: Digest;
  readonly manifestDigest: Digest;
  readonly same: boolean;
  readonly layers: readonly VerifiedLayer[];
}

interface VerifiedLayer {
  readonly name: string;
  readonly here: Digest | undefined;
  readonly there: Digest | undefined;
  /** Same tar, other compressed bytes: another compressor or version. */
  readonly sameBlob: boolean;
}

/** @param scratch a folder for the second build's store, removed again */
export async function verifyBuild(
  request: BuildRequest,
  { ports, scratch }: { readonly ports: BuildPorts; readonly scratch: string },
  context: RunContext<BuildEvent>,
): Promise<Outcome<Verification>> {
  const once = { ...request, load: false, outputs: [] };
  const here = await buildImage(once, ports, context);
  if (!here.ok) return here;
  const folder = join(scratch, randomUUID());
  try {
    const blobs = stackedStore(blobStore(join(folder, 'blobs')), { below: ports.blobs, recalls: isInput });
    const elsewhere = { ...ports, blobs, layout: join(folder, 'oci'), ...apartIn(folder, ports) };
    const there = await buildImage(once, elsewhere, context);
    return there.ok ? ok(compare(here.value, there.value)) : there;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function apartIn(folder: string, { apart }: BuildPorts): Pick<BuildPorts, 'apart'> {
  if (apart === undefined) return {};
  const blobs = stackedStore(blobStore(join(folder, 'apart')), { below: apart.blobs, recalls: isInput });
  return { apart: { ...apart, blobs, layout: join(folder, 'oci-apart') } };
}

/** Runtimes and bases; what was made of them is made again. */
function isInput(name: string): boolean {
  return /^(runtime|base)\//.test(name);
}

function compare(here: BuiltImage, there: BuiltImage): Verification {
  const count = Math.max(here.layers.length, there.layers.length);
  const layers = Array.from({ length: count }, (_, index): VerifiedLayer => {
    const [a, b] = [here.layers[index], there.layers[index]];
    return {
      name: a?.name ?? b?.name ?? '',
      here: a?.diffId,
      there: b?.diffId,
      sameBlob: a?.blob.digest === b?.blob.digest,
    };
  });
  const same = here.imageId === there.imageId && here.manifestDigest === there.manifestDigest;
  return { imageId: here.imageId, manifestDigest: here.manifestDigest, same, layers };
}
