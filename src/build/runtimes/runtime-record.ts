/** A runtime as the blob store's record has it. */
import { z } from 'zod';
import type { Digest } from '../../kernel/digest.ts';
import { isDigest, storedLayerSchema } from '../layers/stored-record.ts';
import type { StoredRuntime } from '../ports.ts';

const digestSchema = z.custom<Digest>(isDigest);
const words = z.array(z.string());

const runtimeSchema = z.object({
  imageId: digestSchema,
  tag: z.string(),
  diffIds: z.array(digestSchema),
  bytes: z.number(),
  config: z.object({ entrypoint: words, cmd: words, env: words, workdir: z.string(), ports: words }),
  layers: z.array(storedLayerSchema),
  base: z.object({ name: z.string(), digest: digestSchema, kind: z.enum(['bootstrapped', 'image']) }).exactOptional(),
});

export function parseRuntime(document: unknown): StoredRuntime | undefined {
  return runtimeSchema.safeParse(document).data;
}
