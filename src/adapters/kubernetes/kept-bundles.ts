/**
 * Bundles in a cluster: the packed form in immutable ConfigMaps, each below what a ConfigMap may hold. They are named by what is
 * in them, so what a killed run left is taken up; none counts before the target's document lists it.
 */
import { gunzipSync } from 'node:zlib';
import pLimit from 'p-limit';
import { z } from 'zod';
import { sha256 } from '../../kernel/digest.ts';
import { askJson, namesWithRole, pathOf, remove, unless, type Namespace } from './cluster.ts';

/** A ConfigMap holds 1 MiB, and etcd's request limit (1.5 MiB) is near: some room for what surrounds the bytes. */
const PART_BYTES = 768 * 1024;
const AT_ONCE = 8;

interface Packed {
  readonly hash: string;
  readonly data: Uint8Array;
}

const packedSchema = z.object({
  hash: z.string(),
  manifest: z.string(),
  files: z.record(z.string(), z.string()),
});
const manifestSchema = z.object({ files: z.record(z.string(), z.string()) });
const partSchema = z.object({ binaryData: z.object({ part: z.base64() }) });

/** What is wrong with the bytes; undefined where they are the bundle that its hash names. Each agent looks again. */
export function damageOf({ hash, data }: Packed): string | undefined {
  try {
    const packed = packedSchema.parse(JSON.parse(gunzipSync(data).toString('utf8')));
    if (packed.hash !== hash || hex(packed.manifest) !== hash) return 'its manifest is not the one that its hash names';
    const { files } = manifestSchema.parse(JSON.parse(packed.manifest));
    const wrong = Object.keys(files).find(
      (path) => hex(Buffer.from(packed.files[path] ?? '', 'base64')) !== files[path],
    );
    return wrong === undefined ? undefined : `${wrong} did not arrive whole`;
  } catch {
    return 'it did not arrive whole';
  }
}

/** Idempotent. @returns the names of the parts, in order, and whether any was missing */
export async function keepParts(namespace: Namespace, packed: Packed): Promise<{ parts: string[]; made: boolean }> {
  const mark = hex(packed.data).slice(0, 12);
  const pieces = Array.from({ length: Math.ceil(packed.data.byteLength / PART_BYTES) }, (_, index) => ({
    name: `mwpipe-bundle-${packed.hash}-${mark}-${String(index)}`,
    bytes: packed.data.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
  }));
  const made = await Promise.all(
    pieces.map(({ name, bytes }) =>
      unless(
        409,
        namespace.client.ask({ method: 'POST', path: pathOf(namespace, 'configmaps'), body: partMap(name, bytes) }),
      ),
    ),
  );
  return { parts: pieces.map(({ name }) => name), made: made.some((answer) => answer !== undefined) };
}

function partMap(name: string, bytes: Uint8Array): unknown {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { 'mwpipe.role': 'bundle' } },
    immutable: true,
    binaryData: { part: Buffer.from(bytes).toString('base64') },
  };
}

/** @returns undefined where a part is missing */
export async function readParts(namespace: Namespace, parts: readonly string[]): Promise<Uint8Array | undefined> {
  const found = await Promise.all(
    parts.map((name) => unless(404, askJson(namespace, { path: `${pathOf(namespace, 'configmaps')}/${name}` }))),
  );
  if (found.includes(undefined)) return undefined;
  return Buffer.concat(found.map((map) => Buffer.from(partSchema.parse(map).binaryData.part, 'base64')));
}

/** Removes all other parts. */
export async function keepOnly(namespace: Namespace, parts: ReadonlySet<string>): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const others = (await namesWithRole(namespace, 'bundle')).filter(({ name }) => !parts.has(name));
  await Promise.all(others.map(({ name }) => limit(() => remove(namespace, 'configmaps', name))));
}

function hex(data: string | Uint8Array): string {
  return sha256(data).slice('sha256:'.length);
}
