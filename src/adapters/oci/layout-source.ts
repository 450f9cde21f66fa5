/**
 * Images in an OCI layout, by whomever it was written: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md.
 * Attachments are manifests of its index that name the image as their subject, as oras and mwpipe write them.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  MOST_MANIFEST_BYTES,
  type Descriptor,
  type FoundManifest,
  type ImageSource,
} from '../../build/inspect-ports.ts';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { messageOf, systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

const digestSchema = z.custom<Digest>((value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value));

const indexSchema = z.object({
  manifests: z
    .array(
      z.object({
        mediaType: z.string(),
        digest: digestSchema,
        size: z.int().nonnegative(),
        artifactType: z.string().optional(),
        annotations: z.record(z.string(), z.string()).optional(),
      }),
    )
    .max(10_000),
});

const subjectSchema = z.object({
  artifactType: z.string().optional(),
  config: z.object({ mediaType: z.string() }).optional(),
  subject: z.object({ digest: digestSchema }).optional(),
});

type Entry = z.output<typeof indexSchema>['manifests'][number];

const REF_NAME = 'org.opencontainers.image.ref.name';

export function layoutSource(folder: string): ImageSource {
  return {
    manifest: async (reference) => {
      const entries = await readIndex(folder);
      if (!entries.ok) return entries;
      const wanted = await chosen(folder, entries.value, reference);
      if (!wanted.ok) return wanted;
      return wanted.value === undefined ? ok(undefined) : manifestAt(folder, wanted.value);
    },
    blob: async ({ digest }) => {
      const path = pathIn(folder, digest);
      return ok((await isFile(path)) ? createReadStream(path, { highWaterMark: 1_000_000 }) : undefined);
    },
    attachments: async (subject) => {
      const entries = await readIndex(folder);
      return entries.ok ? ok(await attachmentsOf(folder, entries.value, subject)) : entries;
    },
    names: async () => {
      const entries = await readIndex(folder);
      return entries.ok ? ok(entries.value.flatMap(nameOf)) : entries;
    },
  };
}

/** What it calls so, or has under this digest; without a word the only image there. */
async function chosen(
  folder: string,
  entries: readonly Entry[],
  reference: string | undefined,
): Promise<Outcome<Pick<Entry, 'digest' | 'mediaType'> | undefined>> {
  if (reference === undefined) {
    const images: Entry[] = [];
    for (const entry of entries) if ((await subjectOf(folder, entry))?.subject === undefined) images.push(entry);
    const digests = new Set(images.map(({ digest }) => digest));
    return digests.size > 1 ? fail(several(folder, images.flatMap(nameOf))) : ok(images[0]);
  }
  const named = entries.find((entry) => entry.digest === reference || nameOf(entry)[0] === reference);
  const digest = digestSchema.safeParse(reference).data;
  // An index inside the layout names manifests that index.json doesn't.
  return ok(
    named ?? (digest === undefined ? undefined : { digest, mediaType: 'application/vnd.oci.image.manifest.v1+json' }),
  );
}

async function manifestAt(
  folder: string,
  { digest, mediaType }: Pick<Entry, 'digest' | 'mediaType'>,
): Promise<Outcome<FoundManifest | undefined>> {
  const path = pathIn(folder, digest);
  if (!(await isFile(path))) return ok(undefined);
  const { size } = await stat(path);
  if (size > MOST_MANIFEST_BYTES) return fail(tooLarge(folder, size));
  return ok({ digest, mediaType, data: await readFile(path) });
}

async function attachmentsOf(folder: string, entries: readonly Entry[], subject: Digest): Promise<Descriptor[]> {
  const attached: Descriptor[] = [];
  for (const entry of entries) {
    const found = await subjectOf(folder, entry);
    if (found?.subject?.digest !== subject) continue;
    const { mediaType, digest, size, annotations } = entry;
    const artifactType = found.artifactType ?? entry.artifactType ?? found.config?.mediaType;
    const known = artifactType === undefined ? {} : { artifactType };
    attached.push({ mediaType, digest, size, ...known, ...(annotations === undefined ? {} : { annotations }) });
  }
  return attached;
}

async function subjectOf(folder: string, { digest }: Entry): Promise<z.output<typeof subjectSchema> | undefined> {
  const path = pathIn(folder, digest);
  try {
    if ((await stat(path)).size > MOST_MANIFEST_BYTES) return undefined;
    return subjectSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined; // told by whoever reads it as an image
  }
}

async function readIndex(folder: string): Promise<Outcome<readonly Entry[]>> {
  const file = join(folder, 'index.json');
  try {
    const { size } = await stat(file);
    if (size > MOST_MANIFEST_BYTES) return fail(noLayout(folder, `its index.json has ${size} bytes`));
    return ok(indexSchema.parse(JSON.parse(await readFile(file, 'utf8'))).manifests);
  } catch (thrown) {
    const missing = systemCodeOf(thrown) === 'ENOENT' || systemCodeOf(thrown) === 'ENOTDIR';
    const why = thrown instanceof z.ZodError ? (thrown.issues[0]?.path.join('.') ?? '') : messageOf(thrown);
    return fail(noLayout(folder, missing ? 'there is no index.json' : `its index.json can't be understood (${why})`));
  }
}

function nameOf({ annotations }: Entry): string[] {
  const name = annotations?.[REF_NAME];
  return name === undefined ? [] : [name];
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

function pathIn(folder: string, digest: Digest): string {
  return join(folder, 'blobs/sha256', digest.slice('sha256:'.length));
}

function noLayout(folder: string, because: string): Diagnostic {
  const hint = 'mwpipe build --output oci:DIR makes one';
  return { code: 'image/no-layout', message: `${folder} is no OCI layout: ${because}`, hint, exit: 'input' };
}

function several(folder: string, names: readonly string[]): Diagnostic {
  return {
    code: 'image/several',
    message: `${folder} has several images`,
    hint: `name one: ${names.map((name) => `oci:${folder}:${name}`).join(', ')}`,
    exit: 'input',
  };
}

function tooLarge(folder: string, bytes: number): Diagnostic {
  const message = `a manifest of ${quote(folder)} has ${bytes} bytes; at most ${MOST_MANIFEST_BYTES} are read`;
  return { code: 'image/too-large', message, hint: 'no image of mwpipe has that: who made it?', exit: 'outside' };
}
