/** What a plan of the localisation cache needs to know, and what earlier builds left: read again with care. */
import { z } from 'zod';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Digest } from '../../kernel/digest.ts';
import type { StoredFile } from '../layers/layer-spec.ts';
import { isDigest } from '../layers/stored-record.ts';
import type { Inputs } from './language-keys.ts';
import { snapshotOf, type Snapshot } from './rebuild-reason.ts';

/** `array`: a PHP file that opcache keeps. */
export type CacheFormat = 'array' | 'cdb';

export interface LocalisationFacts {
  readonly set: string;
  /** Manifests that are loaded, in order, below core: `extensions/Cite/extension.json`. */
  readonly load: readonly string[];
  /** Languages that are read most, in the order of who gets opcache's memory first. */
  readonly hot: readonly string[];
  /** Memory of opcache that messages may take. */
  readonly opcacheBytes: number;
  /** Of the lock as it was committed. */
  readonly base: Inputs;
  /** With patches on top, where there are any. */
  readonly patched?: Inputs;
  /** Names of files that embargoed patches touch are nobody's business. */
  readonly secret: boolean;
  /** By `recordOf`: languages that were made before and are still there. */
  readonly known: ReadonlyMap<string, KnownLanguage>;
  /** What the last build of this set was made from, to say what changed since. */
  readonly last?: Snapshot;
  /** Pairs of code (`Inputs.code`) that were seen to make the same bytes: `codePair`. */
  readonly sameCode: ReadonlySet<string>;
}

export interface KnownLanguage {
  readonly files: readonly StoredFile[];
  /** `Inputs.code` when it was made. */
  readonly code: Digest;
}

export function codePair(before: Digest, now: Digest): string {
  return [before, now].sort().join('/');
}

export function recordOf(key: Digest, format: CacheFormat): string {
  return `${key}/${format}`;
}

const digestSchema = z.custom<Digest>(isDigest);
const languageSchema = z.object({
  files: z.array(z.object({ path: z.string(), digest: digestSchema, bytes: z.int().nonnegative() })),
  code: digestSchema,
});
const snapshotSchema = z.object({
  shared: z.record(z.string(), z.string()),
  files: z.record(z.string(), z.array(z.tuple([z.string(), z.string()]))),
});

/** A language that was made before; undefined where one of its files has gone since. */
export async function recallLanguage(record: string, blobs: BlobStore): Promise<KnownLanguage | undefined> {
  const known = languageSchema.safeParse(await blobs.recall(`l10n/language/${record}`)).data;
  for (const { digest, bytes } of known?.files ?? []) {
    if ((await blobs.has(digest))?.bytes !== bytes) return undefined;
  }
  return known;
}

export function rememberLanguage(record: string, language: KnownLanguage, blobs: BlobStore): Promise<void> {
  return blobs.remember(`l10n/language/${record}`, language);
}

export async function recallSnapshot(set: string, blobs: BlobStore): Promise<Snapshot | undefined> {
  return snapshotSchema.safeParse(await blobs.recall(`l10n/last/${set}`)).data;
}

/** Written where it changed: it has a line for each message file. */
export async function rememberSnapshot(facts: LocalisationFacts, blobs: BlobStore): Promise<void> {
  const now = snapshotOf(facts.base);
  if (JSON.stringify(now) !== JSON.stringify(facts.last)) await blobs.remember(`l10n/last/${facts.set}`, now);
}

export async function recallSame(pair: string, blobs: BlobStore): Promise<boolean> {
  return (await blobs.recall(`l10n/same-code/${pair}`)) === true;
}

export function rememberSame(pair: string, blobs: BlobStore): Promise<void> {
  return blobs.remember(`l10n/same-code/${pair}`, true);
}
