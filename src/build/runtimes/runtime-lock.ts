/**
 * `images/NAME/image.lock.yaml`: which image a runtime is, for each flavour and platform, so that everybody builds on the
 * same one. It stands beside the definition that it was built from, and says which that was.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { quote } from '../../kernel/diagnostic.ts';
import { systemCodeOf } from '../../kernel/error.ts';
import type { Digest } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { writeAtomically } from '../../kernel/write-atomically.ts';
import { parseYaml } from '../../kernel/yaml-document.ts';
import { isDigest } from '../layers/stored-record.ts';

const SCHEMA = 'mwpipe.runtime-lock/1';

const digest = z.custom<Digest>(isDigest, 'is no sha256').meta({ type: 'string', pattern: '^sha256:[0-9a-f]{64}$' });

const pinSchema = z.strictObject({
  /** Image ID: sha256 of its configuration, so of all its layers. */
  image: digest,
  /** Its manifest, as registries hold it. */
  manifest: digest,
  /** Of the definition that it was built from: base, the Dockerfile's lines of this flavour, and the files that they copy. */
  key: digest,
  /** What its lowest layers are. */
  base: z.strictObject({
    /** `debian:bookworm`, or the repository of the image. */
    name: z.string(),
    digest,
    /** `bootstrapped` from the signed Debian archive, or an `image` that mwpipe.yaml allows. */
    kind: z.enum(['bootstrapped', 'image']),
    /** Date of the archive's Release file. */
    released: z.string().exactOptional(),
  }),
  /** Name to version of each Debian package in it. */
  packages: z.record(z.string(), z.string()),
});

export const runtimeLockSchema = z.strictObject({
  /** Of this file's format. */
  schema: z.literal(SCHEMA),
  /** Flavour, then platform (`linux/amd64`), to the image that is meant. */
  flavours: z.record(z.string(), z.record(z.string().regex(/^[a-z0-9]+\/[a-z0-9/]+$/, 'is no platform'), pinSchema)),
});

export type RuntimePin = z.output<typeof pinSchema>;
export type RuntimeLock = z.output<typeof runtimeLockSchema>;

const schemaOnly = z.object({ schema: z.string() });

export const NO_LOCK: RuntimeLock = { schema: SCHEMA, flavours: {} };

export function runtimeLockFile(folder: string, name: string): string {
  return join(folder, name, 'image.lock.yaml');
}

/** Empty where nobody has pinned it. @returns fails with `yaml/*` and `build/newer-runtime-lock` */
export async function readRuntimeLock(folder: string, name: string): Promise<Outcome<RuntimeLock>> {
  const file = runtimeLockFile(folder, name);
  try {
    return parseRuntimeLock(file, await readFile(file, 'utf8'));
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return ok(NO_LOCK);
    throw cause;
  }
}

export async function writeRuntimeLock(folder: string, name: string, lock: RuntimeLock): Promise<void> {
  await writeAtomically(runtimeLockFile(folder, name), formatRuntimeLock(name, lock));
}

/** Other flavours and other platforms stay as they are. */
export function withPin(
  lock: RuntimeLock,
  { flavour, platform, pin }: { readonly flavour: string; readonly platform: string; readonly pin: RuntimePin },
): RuntimeLock {
  const flavours = { ...lock.flavours, [flavour]: { ...lock.flavours[flavour], [platform]: pin } };
  return { ...lock, flavours };
}

export function parseRuntimeLock(file: string, text: string): Outcome<RuntimeLock> {
  const header = parseYaml(file, text, schemaOnly);
  if (!header.ok) return header;
  const [name, version] = header.value.value.schema.split('/');
  if (name === 'mwpipe.runtime-lock' && Number(version) > 1) {
    return fail({
      code: 'build/newer-runtime-lock',
      message: `this lock has schema ${quote(header.value.value.schema)}, this mwpipe reads up to ${quote(SCHEMA)}`,
      hint: 'update mwpipe, or write the lock again with this one: mwpipe runtime lock',
      at: header.value.at(['schema']),
    });
  }
  const document = parseYaml(file, text, runtimeLockSchema);
  return document.ok ? ok(document.value.value) : document;
}

/** The same lock, the same bytes: sorted, one line a value, so that an update's diff is what moved. */
export function formatRuntimeLock(name: string, lock: RuntimeLock): string {
  const flavours = sorted(lock.flavours, (platforms) => sorted(platforms, inOrder));
  const comment = `# Written by \`mwpipe runtime lock ${name}\`: don't edit, commit it.\n`;
  return comment + stringify({ schema: lock.schema, flavours }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function inOrder({ image, manifest, key, base, packages }: RuntimePin): RuntimePin {
  return { image, manifest, key, base, packages: sorted(packages, (version) => version) };
}

function sorted<T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  const entries = Object.entries(record).map(([key, value]) => [key, map(value)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
