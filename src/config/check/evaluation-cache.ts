/**
 * What images said of bundles, kept in `<cache>/config/`: neither a bundle nor an image ever changes. Each write makes room:
 * what was used longest ago goes first.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { digestOf, short } from '../../kernel/digest.ts';
import { writeAtomically } from '../../kernel/write-atomically.ts';
import { knownSettingSchema, type KnownSetting } from './check-answer.ts';
import type { Column, Effective } from './effective.ts';
import type { Evaluation } from './evaluation.ts';
import { markUsed, pruneCache, type CacheLimits } from './prune-cache.ts';

/** Of what is kept; another one starts anew. */
const FORM = 1;

export interface EvaluationKey {
  readonly hash: string;
  readonly image: string;
  /** Undefined: all of the bundle's. */
  readonly wikis: readonly string[] | undefined;
}

const schemaSchema = z.record(z.string(), knownSettingSchema);

const KINDS = ['evaluated', 'schema', 'parsed'] as const;
/** An evaluation of a thousand wikis takes a megabyte or two. */
const LIMITS: CacheLimits = { bytes: 400_000_000, ageMs: 45 * 86_400_000 };

/** @param cache folder of this machine's cache */
export function evaluationCache(cache: string, limits: CacheLimits = LIMITS) {
  const folder = (kind: (typeof KINDS)[number]): string => join(cache, 'config', kind);
  const file = (kind: (typeof KINDS)[number], key: unknown): string => join(folder(kind), short(digestOf([FORM, key])));
  const write = async (path: string, kept: unknown): Promise<void> => {
    if (await isWritten(path, kept)) await pruneCache(KINDS.map(folder), { ...limits, keep: path });
  };
  return {
    readEvaluation: (key: EvaluationKey) => read(file('evaluated', key), fromKept),
    writeEvaluation: (key: EvaluationKey, evaluation: Evaluation) => write(file('evaluated', key), toKept(evaluation)),
    readSchema: (image: string) => read(file('schema', image), (kept) => schemaSchema.parse(kept)),
    writeSchema: (image: string, schema: Readonly<Record<string, KnownSetting>>) =>
      write(file('schema', image), schema),
    /** Digests of files that this image's PHP has compiled. */
    readParsed: (image: string) => read(file('parsed', image), (kept) => z.array(z.string()).parse(kept)),
    writeParsed: (image: string, digests: readonly string[]) => write(file('parsed', image), digests),
  };
}

export type EvaluationCache = ReturnType<typeof evaluationCache>;

interface Kept extends Omit<Evaluation, 'effective' | 'schema'> {
  readonly wikis: readonly string[];
  /** By name: texts, and by wiki the index of its own. */
  readonly settings: Readonly<Record<string, readonly [texts: readonly (string | null)[], of?: readonly number[]]>>;
}

function toKept({ effective, ...evaluation }: Evaluation): Kept {
  const settings = [...effective.settings].map(([name, { texts, of }]): [string, Kept['settings'][string]] => {
    const kept = texts.map((text) => text ?? null);
    return [name, of === undefined ? [kept] : [kept, of]];
  });
  const { mediawiki, wanted, mistakes, unsteady, skipped, parsedFiles } = evaluation;
  const facts = { mediawiki, wanted, mistakes, unsteady, skipped, parsedFiles };
  return { ...facts, wikis: effective.wikis, settings: Object.fromEntries(settings) };
}

/** Written by us, renamed into place when it was whole: its shape isn't doubted value by value. */
function fromKept(kept: unknown): Evaluation {
  const { wikis, settings, ...facts } = kept as Kept;
  const columns = Object.entries(settings).map(([name, [texts, of]]): [string, Column] => {
    const column = { texts: texts.map((text) => text ?? undefined) };
    return [name, of === undefined ? column : { ...column, of }];
  });
  const effective: Effective = { wikis, settings: new Map(columns) };
  return { ...facts, effective, schema: undefined };
}

async function read<T>(path: string, parse: (kept: unknown) => T): Promise<T | undefined> {
  try {
    const kept = parse(JSON.parse(gunzipSync(await readFile(path)).toString('utf8')));
    await markUsed(path);
    return kept;
  } catch {
    return undefined; // not there, or of another form: found out again
  }
}

/** What can't be kept (a full disk, a folder that isn't ours) is found out again. */
function isWritten(path: string, kept: unknown): Promise<boolean> {
  return writeAtomically(path, gzipSync(JSON.stringify(kept), { level: 1 })).then(
    () => true,
    () => false,
  );
}
