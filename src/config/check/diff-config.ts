/** What would change, on which wikis: the effective settings of two bundles, in each image that may serve them. */
import type { Diagnostic, SourceRange } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ConfigEvent } from '../events.ts';
import type { OverlaysAt } from '../git-ports.ts';
import { nameCommit, placeInCommit } from '../overlay/name-commit.ts';
import { rawMark } from '../raw/refuse-raw.ts';
import { checkBundle } from './check-bundle.ts';
import { diffEffective, type DiffFilter, type EffectiveDiff, type SettingChange } from './diff-effective.ts';
import type { Effective } from './effective.ts';
import { evaluateBundle, type CheckedSource, type CheckTools } from './evaluate-bundle.ts';
import type { Naming } from './group-wikis.ts';
import { originOf } from './origin-of.ts';
import { wikisFor } from './wikis-of-image.ts';

export interface DiffSide {
  /** As it was asked for: `live`, `head`, `the work tree`. */
  readonly label: string;
  /** Undefined: nothing is live yet. */
  readonly bundle: CheckedSource | undefined;
  /** Where its overlays were read at one: places are named in it. */
  readonly commit?: OverlaysAt;
}

export interface DiffWish {
  readonly after: DiffSide;
  /** Each with the slots that run it, and what it is compared with there. */
  readonly images: readonly { readonly image: string; readonly slots: readonly string[]; readonly before: DiffSide }[];
  readonly filter?: DiffFilter;
}

export interface ImageDiff extends EffectiveDiff {
  readonly before: { readonly label: string; readonly bundle: string | undefined };
  readonly image: string;
  readonly slots: readonly string[];
  readonly mediawiki: string | undefined;
}

export interface ConfigDiff {
  readonly after: { readonly label: string; readonly bundle: string; readonly raw?: true };
  readonly images: readonly ImageDiff[];
  readonly naming: Naming;
  readonly warnings: readonly Diagnostic[];
}

const NOTHING: Effective = { wikis: [], settings: new Map() };

/** Nothing is staged or made live. @returns fails as checkBundle does, for the bundle after; mistakes before are history */
export async function diffConfig(
  { after: { label, bundle, commit }, images, filter }: DiffWish,
  tools: CheckTools,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<ConfigDiff>> {
  const diffs: ImageDiff[] = [];
  const warnings = new Map<string, Diagnostic>();
  if (bundle === undefined) return fail(nothingToCompare(label));
  for (const { image, slots, before } of images) {
    const now = await checkBundle({ bundle, image }, tools, context);
    if (!now.ok) return commit === undefined ? now : nameCommit(now, commit);
    const old = await effectiveBefore({ before: before.bundle, after: bundle, image }, tools, context);
    if (!old.ok) return old;
    const { changes, ...wikis } = diffEffective(old.value, now.value.effective, filter);
    const { mediawiki } = now.value;
    const from = { label: before.label, bundle: before.bundle?.hash };
    const placed = changes.flatMap((change) => located(change, { bundle, commit }));
    diffs.push({ image, slots, before: from, mediawiki, changes: placed, ...wikis });
    for (const warning of now.value.warnings) warnings.set(JSON.stringify(warning), warning);
  }
  return ok({
    after: { label, bundle: bundle.hash, ...rawMark(bundle) },
    images: diffs,
    naming: namingOf(bundle),
    warnings: [...warnings.values()],
  });
}

async function effectiveBefore(
  { before, after, image }: { before: CheckedSource | undefined; after: CheckedSource; image: string },
  tools: CheckTools,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<Effective>> {
  if (before === undefined) return ok(NOTHING);
  const wikis = before.files.has('farm.php') ? undefined : wikisFor(after);
  const evaluated = await evaluateBundle({ bundle: before, image, wikis }, tools, context);
  return evaluated.ok ? ok(evaluated.value.effective) : evaluated;
}

/** A change that was typed in several places, for several wikis, is as many changes. */
function located(
  change: SettingChange,
  { bundle, commit }: { readonly bundle: CheckedSource; readonly commit: OverlaysAt | undefined },
): SettingChange[] {
  const named = (at: SourceRange): SourceRange => (commit === undefined ? at : placeInCommit(at, commit));
  const places = Map.groupBy(change.wikis, (wiki) => originOf(bundle, change.setting, wiki));
  return [...places].map(([origin, wikis]) => ({
    ...change,
    wikis,
    ...(origin === undefined ? {} : { at: named(origin.at()) }),
  }));
}

function nothingToCompare(label: string): Diagnostic {
  return {
    code: 'config/no-such-side',
    message: `nothing is ${label}`,
    hint: 'mwpipe config push makes a bundle live',
  };
}

/** Lists of the farm, and tags as lists. */
function namingOf(bundle: CheckedSource): Naming {
  const { farm } = bundle;
  if (farm === undefined) return { all: wikisFor(bundle) ?? [], lists: new Map() };
  const lists = new Map(farm.lists);
  lists.delete('all');
  const tags = [...farm.wikis.values()].flatMap(({ name, tags: own }) => own.map((tag) => ({ name, tag })));
  for (const [tag, members] of Map.groupBy(tags, (one) => one.tag)) {
    if (!lists.has(tag))
      lists.set(
        tag,
        members.map(({ name }) => name),
      );
  }
  return { all: [...farm.wikis.keys()], lists };
}
