/** Whether an image is what its builder signed: the signature, its subject, and every blob that the manifest names. */
import type { Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { z } from 'zod';
import type { Descriptor, ImageSource, InspectPorts } from '../inspect-ports.ts';
import { ENVELOPE_TYPE, openEnvelope } from '../supply/dsse.ts';
import { PROVENANCE, STATEMENT_TYPE } from '../supply/provenance.ts';
import { SBOM_TYPE } from '../supply/sbom.ts';
import type { VerifyingKey } from '../supply/signing-key.ts';
import type { InspectEvent } from './events.ts';
import { manifestSchema, parseDocument, type Manifest } from './image-documents.ts';
import { parseImageRef } from './image-ref.ts';
import { openImage } from './open-image.ts';
import type { OpenedImage } from './opened-image.ts';
import { hashBlob, hashTar, readWhole } from './read-blobs.ts';

interface ImageCheck {
  readonly name: 'signature' | 'sbom' | 'layers';
  readonly passed: boolean;
  readonly because: string;
}

export interface VerifiedImage {
  readonly manifestDigest: Digest;
  readonly imageId: Digest;
  readonly checks: readonly ImageCheck[];
  readonly passed: boolean;
  /** Who ran the build, as the signed statement says. */
  readonly builder?: string;
}

export interface VerifyRequest {
  readonly image: string;
  readonly from: string;
  readonly key: VerifyingKey;
}

type Context = RunContext<InspectEvent>;

/** @returns fails where there is nothing to check: as `openImage` does, and with `image/no-attachments-here` */
export async function verifyImage(
  { image, from, key }: VerifyRequest,
  ports: InspectPorts,
  context: Context,
): Promise<Outcome<VerifiedImage>> {
  const ref = parseImageRef(image, from);
  if (!ref.ok) return ref;
  const opened = await openImage(ref.value, ports, context);
  if (!opened.ok) return opened;
  const { manifest, imageId } = opened.value;
  if (manifest === undefined) return fail(noAttachmentsHere(image));
  const { source, digest, document } = manifest;
  const attached = await source.attachments(digest, context);
  if (!attached.ok) return attached;
  const place = { source, context };
  const signed = await findSigned(attached.value, { key, subject: digest, ...place });
  const checks = [
    signed.check,
    await checkSbom(attached.value, { sbom: signed.sbom, ...place }),
    await checkLayers(document, opened.value, place),
  ];
  const builder = signed.builder === undefined ? {} : { builder: signed.builder };
  return ok({ manifestDigest: digest, imageId, checks, passed: checks.every(({ passed }) => passed), ...builder });
}

interface Place {
  readonly source: ImageSource;
  readonly context: Context;
}

const hex = z.object({ sha256: z.string() });

const statementSchema = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.object({ digest: hex })),
  predicateType: z.literal(PROVENANCE),
  predicate: z.object({
    runDetails: z.object({
      builder: z.object({ id: z.string() }),
      byproducts: z.array(z.object({ name: z.string(), digest: hex })).default([]),
    }),
  }),
});

interface Signature {
  readonly check: ImageCheck;
  readonly builder?: string;
  /** Digest of the SBOM that the builder made. */
  readonly sbom?: string;
}

/** Of several signatures one that fits is enough; what others signed proves nothing either way. */
async function findSigned(
  attached: readonly Descriptor[],
  { key, subject, ...place }: Place & { readonly key: VerifyingKey; readonly subject: Digest },
): Promise<Signature> {
  const envelopes = attached.filter(({ artifactType }) => artifactType === ENVELOPE_TYPE);
  if (envelopes.length === 0) return failed('nothing signed is attached to it');
  let last = failed('none');
  for (const envelope of envelopes) {
    const data = await attachmentData(envelope, place);
    last = data.ok ? readSigned(data.value, { key, subject }) : failed(data.diagnostics[0].message);
    if (last.check.passed) return last;
  }
  return last;
}

function readSigned(
  data: Buffer,
  { key, subject }: { readonly key: VerifyingKey; readonly subject: Digest },
): Signature {
  const opened = openEnvelope(parseDocument(data, z.unknown()), key);
  if (opened === 'no-envelope') return failed('what is attached as a signature is no DSSE envelope');
  if (opened === 'not-signed-by-key') return failed('it was signed, but not with this key');
  if (opened.payloadType !== STATEMENT_TYPE) return failed(`this key signed something else: ${opened.payloadType}`);
  const statement = parseDocument(opened.payload, statementSchema);
  if (statement === undefined) return failed('what this key signed is no SLSA provenance');
  if (!statement.subject.some(({ digest }) => `sha256:${digest.sha256}` === subject)) {
    return failed('this key signed another image');
  }
  const { builder, byproducts } = statement.predicate.runDetails;
  const sbom = byproducts.find(({ name }) => name === 'sbom')?.digest.sha256;
  return {
    check: { name: 'signature', passed: true, because: `signed with this key by ${builder.id}` },
    builder: builder.id,
    ...(sbom === undefined ? {} : { sbom: `sha256:${sbom}` }),
  };
}

function failed(because: string): Signature {
  return { check: { name: 'signature', passed: false, because } };
}

/** Longer than any provenance or SBOM: 200 components with 10,000 packages are 5 MB. */
const MOST_ATTACHED_BYTES = 64_000_000;

async function attachmentData(attached: Descriptor, place: Place): Promise<Outcome<Buffer>> {
  const reading = { ...place, what: 'an attachment' };
  const manifest = await readWhole(attached, MOST_ATTACHED_BYTES, reading);
  if (!manifest.ok) return manifest;
  const blob = parseDocument(manifest.value, manifestSchema)?.layers[0];
  if (blob !== undefined) return readWhole(blob, MOST_ATTACHED_BYTES, reading);
  const message = 'an attachment has no content';
  return fail({ code: 'image/no-manifest', message, exit: 'outside' });
}

async function checkSbom(
  attached: readonly Descriptor[],
  { sbom, ...place }: Place & { readonly sbom: string | undefined },
): Promise<ImageCheck> {
  const check = (passed: boolean, because: string): ImageCheck => ({ name: 'sbom', passed, because });
  if (sbom === undefined) return check(false, 'no signed statement names one');
  const reading = { ...place, what: 'an SBOM' };
  for (const one of attached.filter(({ artifactType }) => artifactType === SBOM_TYPE)) {
    const manifest = await readWhole(one, MOST_ATTACHED_BYTES, reading);
    const blob = manifest.ok ? parseDocument(manifest.value, manifestSchema)?.layers[0] : undefined;
    if (blob?.digest !== sbom) continue;
    const read = await hashBlob(blob, reading);
    return read.ok ? check(true, 'the one that was signed') : check(false, read.diagnostics[0].message);
  }
  return check(false, 'the one that was signed is not attached');
}

async function checkLayers(document: Manifest, { layers }: OpenedImage, place: Place): Promise<ImageCheck> {
  for (const [index, blob] of document.layers.entries()) {
    const layer = layers[index];
    const reading = { ...place, what: `layer ${index + 1}` };
    const whole = await hashBlob(blob, reading);
    const tar = whole.ok ? await hashTar(blob, reading) : whole;
    if (!tar.ok) return { name: 'layers', passed: false, because: tar.diagnostics[0].message };
    place.context.emit({ code: 'image/layer-checked', layer: index + 1, layers: layers.length, bytes: blob.size });
    if (tar.value === layer?.diffId) continue;
    return {
      name: 'layers',
      passed: false,
      because: `layer ${index + 1} unpacks to what the configuration doesn't name`,
    };
  }
  return {
    name: 'layers',
    passed: true,
    because: `all ${document.layers.length} are what the manifest says, unpacked too`,
  };
}

function noAttachmentsHere(image: string) {
  return {
    code: 'image/no-attachments-here',
    message: `an engine keeps no manifest and nothing attached to it: ${image} can't be verified there`,
    hint: 'verify it where it was pushed, or in a layout: oci:DIR[:NAME]',
    exit: 'input',
  } as const;
}
