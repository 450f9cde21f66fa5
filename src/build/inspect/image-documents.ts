/** Manifests, configurations and our own `mwpipe.json`, as anybody may have written them: read with bounds, never believed. */
import { z } from 'zod';
import type { Digest } from '../../kernel/digest.ts';
import { isDigest } from '../layers/stored-record.ts';

const digest = z.custom<Digest>(isDigest, 'is no sha256 digest');
const size = z.int().nonnegative();
const strings = z.record(z.string(), z.string());

const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size,
  annotations: strings.nullish(),
  platform: z.object({ architecture: z.string(), os: z.string() }).nullish(),
});

export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  /** Engines stack 127. */
  layers: z.array(descriptor).max(1000),
});

export const indexSchema = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptor).min(1).max(1000) });

export const configSchema = z.object({
  architecture: z.string().default('unknown'),
  created: z.string().nullish(),
  config: z.object({ Labels: strings.nullish() }).nullish(),
  history: z.array(z.object({ created_by: z.string().default(''), empty_layer: z.boolean().default(false) })).nullish(),
  rootfs: z.object({ diff_ids: z.array(digest).max(1000) }),
});

/** The lock inside an image: what is needed of it, whichever mwpipe wrote it. */
export const lockSchema = z.object({
  set: z.string(),
  mediawiki: z.string(),
  visibility: z.string().optional(),
  components: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      url: z.string(),
      ref: z.string().optional(),
      commit: z.string(),
      tree: z.string(),
      version: z.string().optional(),
    }),
  ),
});

export type Manifest = z.output<typeof manifestSchema>;

export type InnerLock = z.output<typeof lockSchema>;

/** Undefined where it is no such document. */
export function parseDocument<T>(data: Buffer, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(data.toString())).data;
  } catch {
    return undefined;
  }
}
