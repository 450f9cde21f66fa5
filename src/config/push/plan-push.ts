/** Which pointers a push or a rollback moves: plain data, decided before anything is touched. */
import { short } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { PushPolicy } from '../../kernel/target-config.ts';
import type { LiveSlot } from '../ports.ts';

interface PointerMove {
  readonly slot: string;
  readonly image: string;
  readonly instances: readonly string[];
  /** Undefined where the slot had none. */
  readonly from: string | undefined;
  /** Those that get it first, and are watched; none where all get it at once. */
  readonly canaries: readonly string[];
  readonly because: string;
}

export interface PushPlan {
  readonly version: 1;
  readonly bundle: string;
  readonly moves: readonly PointerMove[];
  /** Images that must accept the bundle before a pointer moves. */
  readonly images: readonly string[];
}

/**
 * Every slot with instances moves, a baking one too: traffic may come back to it.
 * @returns fails with `config/nothing-live`
 */
export function planPush(facts: {
  readonly bundle: string;
  readonly slots: readonly LiveSlot[];
  readonly policy?: CanaryPolicy | undefined;
}): Outcome<PushPlan> {
  if (facts.slots.length === 0) {
    return fail({
      code: 'config/nothing-live',
      message: 'no release is running here, so there is nothing to push to',
      hint: 'mwpipe deploy makes one live, with these overlays',
      exit: 'refused',
    });
  }
  const moves = facts.slots
    .filter(({ bundle, apart }) => bundle !== facts.bundle || Object.keys(apart).length > 0)
    .map(({ slot, image, bundle, instances }) => ({
      slot,
      image,
      instances,
      from: bundle,
      canaries: bundle === undefined || bundle === facts.bundle ? [] : canariesOf(instances, facts.policy),
      because: `${instances.length} running there with ${bundle === undefined ? 'no bundle' : short(bundle)}`,
    }));
  return ok({ version: 1, bundle: facts.bundle, moves, images: [...new Set(moves.map(({ image }) => image))] });
}

/** How a push begins: `soak` in seconds, `canaries` in per cent of a slot's instances. */
export type CanaryPolicy = Pick<PushPolicy, 'canaries' | 'soak'>;

function canariesOf(instances: readonly string[], policy: CanaryPolicy | undefined): readonly string[] {
  if (policy === undefined || policy.soak === 0 || instances.length < 2) return [];
  return instances.slice(0, Math.max(1, Math.floor((instances.length * policy.canaries) / 100)));
}

/** The one bundle that all slots serve; undefined where they differ or have none. */
export function liveBundle(slots: readonly LiveSlot[]): string | undefined {
  const bundles = new Set(slots.map(({ bundle }) => bundle));
  return bundles.size === 1 ? slots[0]?.bundle : undefined;
}
