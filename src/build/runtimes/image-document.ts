/** An image's configuration as registries and engines hold it, and what runtimes need of it. */
import { z } from 'zod';
import type { Digest } from '../../kernel/digest.ts';
import { isDigest } from '../layers/stored-record.ts';
import type { ProcessConfig } from '../ports.ts';

const words = z.array(z.string()).nullish();

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md */
const documentSchema = z.object({
  config: z
    .object({
      Entrypoint: words,
      Cmd: words,
      Env: words,
      WorkingDir: z.string().nullish(),
      ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  rootfs: z.object({ diff_ids: z.array(z.custom<Digest>(isDigest)) }),
});

/** undefined for what is no image's configuration. */
export function parseImageDocument(
  data: Buffer,
): { readonly diffIds: readonly Digest[]; readonly config: ProcessConfig } | undefined {
  const parsed = documentSchema.safeParse(json(data)).data;
  if (parsed === undefined) return undefined;
  const { Entrypoint, Cmd, Env, WorkingDir, ExposedPorts } = parsed.config ?? {};
  return {
    diffIds: parsed.rootfs.diff_ids,
    config: {
      entrypoint: Entrypoint ?? [],
      cmd: Cmd ?? [],
      env: Env ?? [],
      workdir: WorkingDir ?? '',
      ports: Object.keys(ExposedPorts ?? {}),
    },
  };
}

function json(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}
