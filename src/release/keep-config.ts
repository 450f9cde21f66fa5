/** Which config goes along when code goes back: the newest that passes there, or, as a pair, what its release was made with. */
import {
  configForImage,
  giveSlot,
  withCode,
  type ConfigPorts,
  type LiveSlot,
  type RefusedConfig,
} from '../config/index.ts';
import type { Release } from '../deploy/index.ts';
import { quote, type Diagnostic } from '../kernel/diagnostic.ts';
import { short } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { underLease } from '../kernel/under-lease.ts';
import type { FlowContext, TargetTools } from './tools.ts';

/** A slot, and the release in it. */
export interface Held {
  readonly slot: string;
  readonly release: Release;
}

export interface WayBack {
  readonly from: Held;
  readonly to: Held;
  /** `unfinished`: most users are there still, with its config. */
  readonly kind: 'unfinished' | 'baking';
}

export interface KeptConfig {
  readonly bundle: string;
  readonly commit?: string;
  /** What the slot has that is gone back to. */
  readonly there: string;
  /** What users had on the code that is left. */
  readonly previous?: string;
  /** `kept`: what was live stays; `older`: the newest that passes there; `pair`: what its release was made live with. */
  readonly choice: 'kept' | 'older' | 'pair';
  readonly refused: readonly RefusedConfig[];
}

const PUSH_SECONDS = 30;

/** Moves nothing. @returns fails with `release/no-config-passes` (failed), `release/slot-down` (refused) */
export async function chooseConfig(
  { way, pair }: { readonly way: WayBack; readonly pair: boolean },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<KeptConfig>> {
  const slots = await tools.bundles.slots(context);
  if (!slots.ok) return slots;
  const own = bundleOf(slots.value, way.to.slot);
  if (own === undefined) return fail(slotDown(way.to));
  const live = way.kind === 'unfinished' ? own : bundleOf(slots.value, way.from.slot);
  const before = { there: own, ...(live === undefined ? {} : { previous: live }) };
  const { release } = way.to;
  if (pair) return ok(told({ bundle: release.bundle, choice: 'pair', refused: [], ...before }, way, context));
  if (way.kind === 'unfinished') return ok(told({ bundle: own, choice: 'kept', refused: [], ...before }, way, context));
  const { image, mediawiki, bundle: madeWith } = release;
  const found = await configForImage({ image, mediawiki, live, own, madeWith }, configPortsOf(tools), context);
  if (!found.ok) return found;
  const { bundle, refused, commit } = found.value;
  for (const one of refused) context.emit({ code: 'release/config-refused', release: release.number, ...one });
  if (bundle === undefined) return fail(nonePasses(way, refused), ...refused.map(({ because }) => because));
  const choice = bundle === live ? 'kept' : 'older';
  const named = commit === undefined ? {} : { commit };
  return ok(told({ bundle, choice, refused, ...named, ...before }, way, context));
}

/** Before the traffic comes; where the slot has it already, nothing is asked of it. @returns fails as giveSlot does */
export async function applyConfig(
  { way, config }: { readonly way: WayBack; readonly config: KeptConfig },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<void>> {
  // Its users have it; canaries that soak there are somebody else's.
  if (way.kind === 'unfinished' && config.choice === 'kept') return ok();
  const { there: own } = config;
  if (config.bundle === own && config.bundle === config.previous) return ok();
  // A push may be at work: it ends first, and is not undone by what was chosen before it.
  const held = { home: tools.home, reason: 'rollback', wait: PUSH_SECONDS, context };
  return underLease(held, async () => {
    const slots = await tools.bundles.slots(context);
    if (!slots.ok) return slots;
    if (bundleOf(slots.value, way.to.slot) !== own) return fail(pushedMeanwhile(way.to));
    return give({ way, config }, tools, context);
  });
}

async function give(
  { way, config }: { readonly way: WayBack; readonly config: KeptConfig },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<void>> {
  const isAct = config.bundle !== config.previous;
  const written = isAct ? await note({ way, config, phase: 'intent' }, tools, context) : ok();
  if (!written.ok) return written;
  const given = await giveSlot({ slot: way.to.slot, bundle: config.bundle }, tools.bundles, context);
  if (!given.ok && isAct) await note({ way, config, phase: 'failed' }, tools, context);
  return given;
}

/** After the traffic has moved: where users have another config now, that is an act on config too. */
export async function noteConfig(
  { way, config }: { readonly way: WayBack; readonly config: KeptConfig },
  tools: TargetTools,
  context: FlowContext,
): Promise<Outcome<void>> {
  return config.bundle === config.previous ? ok() : note({ way, config, phase: 'done' }, tools, context);
}

function note(
  {
    way,
    config,
    phase,
  }: { readonly way: WayBack; readonly config: KeptConfig; readonly phase: 'intent' | 'done' | 'failed' },
  { home, who }: TargetTools,
  { clock }: FlowContext,
): Promise<Outcome<void>> {
  const { bundle, previous } = config;
  const { slot, release } = way.to;
  const facts = { act: 'rollback', phase, bundle, previous, who, slot, release: release.number } as const;
  return home.append(withCode({ ...facts, images: [release.image] }, clock.now()));
}

function told(config: KeptConfig, { to }: WayBack, context: FlowContext): KeptConfig {
  const { bundle, choice, commit } = config;
  const named = commit === undefined ? {} : { commit };
  context.emit({ code: 'release/config-chosen', release: to.release.number, slot: to.slot, bundle, choice, ...named });
  return config;
}

function configPortsOf({ bundles, home, runner, cache }: TargetTools): ConfigPorts {
  return { host: bundles, home, runner, cache };
}

function bundleOf(slots: readonly LiveSlot[], name: string): string | undefined {
  return slots.find(({ slot }) => slot === name)?.bundle;
}

function slotDown({ slot, release }: Held): Diagnostic {
  return {
    code: 'release/slot-down',
    message: `release ${release.number} on ${quote(slot)} has no running instance with a config`,
    hint: 'the traffic has not moved; start its containers (docker start), or mwpipe deploy',
    exit: 'refused',
  };
}

function pushedMeanwhile({ slot }: Held): Diagnostic {
  return {
    code: 'release/config-moved',
    message: `somebody gave ${slot} another config a moment ago`,
    hint: 'the traffic has not moved; the same command again takes that into account',
    exit: 'refused',
  };
}

function nonePasses({ to }: WayBack, refused: readonly RefusedConfig[]): Diagnostic {
  const named = refused.map(({ bundle, commit }) => {
    return commit === undefined ? short(bundle) : `${short(bundle)} (commit ${commit.slice(0, 12)})`;
  });
  const { number, mediawiki, bundle } = to.release;
  return {
    code: 'release/no-config-passes',
    message: `no config passes on release ${number} (MediaWiki ${mediawiki}): ${named.join(', ') || 'none is known'}`,
    hint: `the traffic has not moved; mwpipe rollback --pair goes back to ${short(bundle)} with it, which it was made live with`,
    exit: 'failed',
  };
}
