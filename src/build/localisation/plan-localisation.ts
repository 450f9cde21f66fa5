/**
 * The plan of the localisation cache: which languages are made anew and why, which are hot, and in which layer each goes.
 * The layers are a function of the lock: no history, so that every machine makes the same.
 */
import { sha256, type Digest } from '../../kernel/digest.ts';
import { chooseHot, type HotChoice } from './hot-languages.ts';
import type { LanguageInputs } from './language-keys.ts';
import { codePair, recordOf, type CacheFormat, type LocalisationFacts } from './localisation-facts.ts';
import { changesBetween, reasonOf, snapshotOf, type InputChanges } from './rebuild-reason.ts';

/** One language as one code base has it. */
interface PlannedCache {
  readonly key: Digest;
  readonly rebuild: boolean;
  readonly because: string;
}

export interface PlannedLanguage extends PlannedCache {
  readonly code: string;
  /** Itself, then what it falls back to. */
  readonly chain: readonly string[];
  readonly format: CacheFormat;
  readonly layer: string;
  /** With patches on top, where they change its inputs: it goes into the top layer, if its bytes differ. */
  readonly patched?: PlannedCache;
}

export interface CodeCheck {
  readonly languages: readonly string[];
  /** `codePair`s that are the same where these languages are. */
  readonly pairs: readonly string[];
}

export interface LocalisationPlan {
  readonly version: 1;
  /** Manifests that are loaded, in order, below core. */
  readonly load: readonly string[];
  /** By code. */
  readonly languages: readonly PlannedLanguage[];
  /** Lowest first: those that most languages share stand below. */
  readonly layers: readonly string[];
  /** Languages that are made once more and compared with what is there, and why. */
  readonly check: { readonly base: CodeCheck; readonly patched: CodeCheck; readonly because: string };
  /** About what the hot ones take of opcache's memory. */
  readonly opcacheBytes: number;
  /** Asked to be hot, and didn't fit into that memory. */
  readonly tooBig: readonly string[];
}

/** Layers of their own: more would eat up what engines allow for an image. */
const HOT_LAYERS = 6;
const BUCKETS = 8;
const NOTHING: CodeCheck = { languages: [], pairs: [] };
export const INDEX_LAYER = 'localisation';
export const PATCHED_LAYER = 'localisation (patched)';

/** Facts in, plan out: same facts, same plan. */
export function planLocalisation(facts: LocalisationFacts): LocalisationPlan {
  const hot = chooseHot(facts);
  const planning = {
    hot,
    facts,
    since: facts.last && changesBetween(facts.last, facts.base),
    onTop: changesOnTop(facts),
  };
  const languages = [...facts.base.languages].map(([code, inputs]) => planLanguage(code, inputs, planning));
  const used = new Set(languages.map(({ layer }) => layer));
  return {
    version: 1,
    load: facts.load,
    languages,
    layers: [
      INDEX_LAYER,
      ...bucketNames().filter((name) => used.has(name)),
      ...hot.chosen.slice(0, HOT_LAYERS).map(layerOf),
    ],
    check: {
      base: samples(languages, { facts, now: facts.base.code, madeBy: (one) => madeBy(one, one, facts) }),
      patched: facts.patched === undefined ? NOTHING : onTopSamples(languages, { facts, now: facts.patched.code }),
      because: 'code that should not matter changed since they were made',
    },
    opcacheBytes: hot.opcacheBytes,
    tooBig: hot.tooBig,
  };
}

interface Planning {
  readonly hot: HotChoice;
  readonly facts: LocalisationFacts;
  /** The last build of this set. */
  readonly since: InputChanges | undefined;
  readonly onTop: InputChanges | undefined;
}

function planLanguage(code: string, inputs: LanguageInputs, { hot, facts, since, onTop }: Planning): PlannedLanguage {
  const format = hot.chosen.includes(code) ? 'array' : 'cdb';
  const patched = facts.patched?.languages.get(code);
  const cacheOf = ({ key, chain }: LanguageInputs, changes: InputChanges | undefined): PlannedCache => {
    if (facts.known.has(recordOf(key, format))) return { key, rebuild: false, because: 'its messages did not change' };
    return { key, rebuild: true, because: reasonOf(chain, changes) };
  };
  return {
    code,
    chain: inputs.chain,
    format,
    layer: hot.chosen.slice(0, HOT_LAYERS).includes(code) ? layerOf(code) : bucketOf(code),
    ...cacheOf(inputs, since),
    ...(patched === undefined || patched.key === inputs.key ? {} : { patched: cacheOf(patched, onTop) }),
  };
}

function changesOnTop({ base, patched, secret }: LocalisationFacts): InputChanges | undefined {
  if (patched === undefined) return undefined;
  if (secret) return { shared: ['a patch on top changes its messages'], files: new Map() };
  return changesBetween(snapshotOf(base), patched);
}

interface Sampling {
  readonly facts: LocalisationFacts;
  /** The code that would make them now. */
  readonly now: Digest;
  /** The code that made a language; undefined where it is made now. */
  readonly madeBy: (language: PlannedLanguage) => Digest | undefined;
}

/** Of each code that isn't known to make the same: English, and the language with the longest way to it. */
function samples(languages: readonly PlannedLanguage[], { facts, now, madeBy: made }: Sampling): CodeCheck {
  const groups = [...Map.groupBy(languages, made)].flatMap(([before, group]) => {
    if (before === undefined || before === now || facts.sameCode.has(codePair(before, now))) return [];
    const longest = group.reduce((best, one) => (one.chain.length > best.chain.length ? one : best));
    const chosen = [...group.filter(({ code }) => code === 'en'), longest].map(({ code }) => code);
    return [{ pair: codePair(before, now), chosen }];
  });
  return { languages: [...new Set(groups.flatMap(({ chosen }) => chosen))], pairs: groups.map(({ pair }) => pair) };
}

/** A language that patches don't touch is compared with the lock's own, which may be made in this very build. */
function onTopSamples(languages: readonly PlannedLanguage[], { facts, now }: Omit<Sampling, 'madeBy'>): CodeCheck {
  const made = (one: PlannedLanguage): Digest | undefined =>
    one.patched === undefined ? (madeBy(one, one, facts) ?? facts.base.code) : madeBy(one, one.patched, facts);
  return samples(languages, { facts, now, madeBy: made });
}

function madeBy(
  { format }: PlannedLanguage,
  { key, rebuild }: PlannedCache,
  { known }: LocalisationFacts,
): Digest | undefined {
  return rebuild ? undefined : known.get(recordOf(key, format))?.code;
}

function layerOf(code: string): string {
  return `localisation ${code}`;
}

function bucketNames(): string[] {
  return Array.from({ length: BUCKETS }, (_, index) => `localisation group ${index + 1}`);
}

function bucketOf(code: string): string {
  return `localisation group ${(Number.parseInt(sha256(code).slice(-4), 16) % BUCKETS) + 1}`;
}
