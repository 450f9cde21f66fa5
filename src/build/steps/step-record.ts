/** What a step made, as it is remembered under its key: read again with care, and only where every file is still there. */
import { z } from 'zod';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Digest } from '../../kernel/digest.ts';
import { isDigest } from '../layers/stored-record.ts';

/** Below the component. */
export interface StepFile {
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable?: true;
}

export interface StepRecord {
  /** Sorted by path. */
  readonly files: readonly StepFile[];
  /** Of the runtime that it ran in: `node` to `18.20.4`. */
  readonly tools: Readonly<Record<string, string>>;
}

const digest = z.custom<Digest>(isDigest);
const fileSchema = z.strictObject({
  path: z.string().min(1),
  digest,
  bytes: z.int().nonnegative(),
  executable: z.literal(true).exactOptional(),
});
const recordSchema = z.strictObject({ files: z.array(fileSchema).min(1), tools: z.record(z.string(), z.string()) });

/** Undefined where it never ran, or a file of it has gone or was cut short. */
export async function recallStep(key: Digest, blobs: BlobStore): Promise<StepRecord | undefined> {
  const record = recordSchema.safeParse(await blobs.recall(recordName(key))).data;
  if (record === undefined) return undefined;
  for (const file of record.files) {
    if ((await blobs.has(file.digest))?.bytes !== file.bytes) return undefined;
  }
  return record;
}

export async function rememberStep(key: Digest, record: StepRecord, blobs: BlobStore): Promise<void> {
  await blobs.remember(recordName(key), record);
}

function recordName(key: Digest): string {
  return `step/${key}`;
}

/** What the last run of a step stood on: so that a plan can say what changed. */
export interface StepBasis {
  readonly inputs: Digest;
  readonly definition: Digest;
  readonly runtime: Digest;
}

const basisSchema = z.strictObject({ inputs: digest, definition: digest, runtime: digest });

export async function recallBasis(name: string, blobs: BlobStore): Promise<StepBasis | undefined> {
  return basisSchema.safeParse(await blobs.recall(`step-last/${name}`)).data;
}

export async function rememberBasis(name: string, basis: StepBasis, blobs: BlobStore): Promise<void> {
  await blobs.remember(`step-last/${name}`, basis);
}
