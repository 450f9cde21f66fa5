/** A bundle from the form in which it travelled: what a host gave back is believed only where it fits its hash. */
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { PackedBundle } from '../ports.ts';
import { makeBundle, type Bundle } from './bundle.ts';

const packedSchema = z.object({ manifest: z.string(), files: z.record(z.string(), z.string()) });
const manifestSchema = z.object({ schema: z.string(), overlays: z.array(z.string()) });

/** Its files; where a value was typed is known no more. @returns fails with `config/damaged-bundle` */
export function openBundle({ hash, data }: PackedBundle): Outcome<Bundle> {
  const read = parts(data);
  if (read === undefined) return fail(damaged(hash));
  const files = Object.entries(read.packed.files).map(
    ([path, base64]) => [path, Buffer.from(base64, 'base64')] as const,
  );
  const settings = { default: new Map(), wikis: new Map(), origins: new Map() };
  const { overlays, schema } = read.manifest;
  const rest = { overlays, files: new Map(files), settings, farm: undefined, sources: new Map<string, string>() };
  const bundle = makeBundle(rest, schema);
  return bundle.hash === hash ? ok(bundle) : fail(damaged(hash));
}

function parts(data: Uint8Array) {
  try {
    const packed = packedSchema.parse(JSON.parse(gunzipSync(data).toString('utf8')));
    return { packed, manifest: manifestSchema.parse(JSON.parse(packed.manifest)) };
  } catch {
    return undefined;
  }
}

function damaged(hash: string) {
  return {
    code: 'config/damaged-bundle',
    message: `bundle ${short(hash)} came back damaged: its files are not those that its hash names`,
    hint: 'push another one; what is on the disk of the target is not to be trusted',
    exit: 'outside',
  } as const;
}
