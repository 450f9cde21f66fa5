/** Carries a plan out: makes the languages that are new, compares those that should be the same, arranges the layers. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { StoredFile } from '../layers/layer-spec.ts';
import { makeSide, type MadeLanguages, type SideRequest } from './make-side.ts';
import { storeIndex } from './cache-index.ts';
import type { LocalisationEvent } from './localisation-events.ts';
import { recordOf, rememberSnapshot, type LocalisationFacts } from './localisation-facts.ts';
import type { LocalisationPorts } from './localisation-ports.ts';
import { INDEX_LAYER, PATCHED_LAYER, type LocalisationPlan, type PlannedLanguage } from './plan-localisation.ts';

interface LocalisationLayer {
  readonly name: string;
  readonly files: readonly StoredFile[];
  readonly because: string;
}

export interface LocalisationLayers {
  /** Above the code of the lock, lowest first. */
  readonly base: readonly LocalisationLayer[];
  /** Above the patches: languages that are other with them. */
  readonly patched: readonly LocalisationLayer[];
}

interface Planned {
  readonly facts: LocalisationFacts;
  readonly plan: LocalisationPlan;
}

/** @returns fails as the runner and `bakeLanguages` do; what was made until then is used by the next run */
export async function makeLocalisation(
  planned: Planned,
  ports: LocalisationPorts,
  context: RunContext<LocalisationEvent>,
): Promise<Outcome<LocalisationLayers>> {
  const { facts, plan } = planned;
  const base = await makeSide(asCommitted(planned), ports, context);
  if (!base.ok) return base;
  await rememberSnapshot(facts, ports.blobs);
  const top = facts.patched === undefined ? base : await makeSide(onTop(planned, base.value), ports, context);
  if (!top.ok) return top;
  const index = { name: INDEX_LAYER, files: [await storeIndex(plan, ports.blobs)], because: 'its list changed' };
  const others = plan.layers.slice(1).map((name) => layerOf(name, { plan, made: base.value }));
  return ok({ base: [index, ...others], patched: differing(plan, { base: base.value, top: top.value }) });
}

function asCommitted({ facts, plan }: Planned): SideRequest {
  const { base: inputs } = facts;
  const { languages, load, check } = plan;
  return {
    side: 'base',
    load,
    all: languages,
    caches: languages,
    inputs,
    check: check.base,
    there: knownOf(languages, facts),
  };
}

/** Languages that no patch touches are there as the lock has them. */
function onTop({ facts, plan }: Planned, made: MadeLanguages): SideRequest {
  const { languages, load, check } = plan;
  const caches = languages.flatMap(({ patched, ...one }) => (patched === undefined ? [] : [{ ...one, ...patched }]));
  const there = new Map(made);
  for (const { code } of caches) there.delete(code);
  for (const [code, files] of knownOf(caches, facts)) there.set(code, files);
  const inputs = facts.patched ?? facts.base;
  return { side: 'patched', load, all: languages, caches, inputs, check: check.patched, there };
}

function knownOf(caches: readonly PlannedLanguage[], { known }: LocalisationFacts): MadeLanguages {
  const there = caches.flatMap(({ code, key, format, rebuild }) => {
    const files = rebuild ? undefined : known.get(recordOf(key, format))?.files;
    return files === undefined ? [] : [[code, files] as const];
  });
  return new Map(there);
}

function layerOf(
  name: string,
  { plan, made }: { readonly plan: LocalisationPlan; readonly made: MadeLanguages },
): LocalisationLayer {
  const languages = plan.languages.filter(({ layer }) => layer === name);
  return { name, files: languages.flatMap(({ code }) => made.get(code) ?? []), because: reasonOf(languages) };
}

/** Of all that patches could have changed, what they did: a text that a language has itself is the same below and above. */
function differing(
  plan: LocalisationPlan,
  { base, top }: { readonly base: MadeLanguages; readonly top: MadeLanguages },
): readonly LocalisationLayer[] {
  const languages = plan.languages.filter(({ code }) => digests(base.get(code)) !== digests(top.get(code)));
  if (languages.length === 0) return [];
  const files = languages.flatMap(({ code }) => top.get(code) ?? []);
  return [{ name: PATCHED_LAYER, files, because: reasonOf(languages.map((one) => ({ ...one, ...one.patched }))) }];
}

function digests(files: readonly StoredFile[] = []): string {
  return files.map(({ digest }) => digest).join(' ');
}

function reasonOf(languages: readonly PlannedLanguage[]): string {
  const made = languages.filter(({ rebuild }) => rebuild);
  const [first, ...others] = made.length === 0 ? languages : made;
  if (first === undefined) return 'it holds no language';
  return `${first.code}: ${first.because}${others.length === 0 ? '' : `, and ${others.length} more languages`}`;
}
