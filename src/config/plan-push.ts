/** Which pointers a push or a rollback moves: plain data, decided before anything is touched. */
import { short } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { LiveSlot } from './ports.ts';

interface PointerMove {
  readonly slot: string;
  readonly image: string;
  /** Undefined where the slot had none. */
  readonly from: string | undefined;
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
export function planPush(facts: { readonly bundle: string; readonly slots: readonly LiveSlot[] }): Outcome<PushPlan> {
  if (facts.slots.length === 0) {
    return fail({
      code: 'config/nothing-live',
      message: 'no release is running here, so there is nothing to push to',
      hint: 'mwpipe deploy makes one live, with these overlays',
      exit: 'refused',
    });
  }
  const moves = facts.slots
    .filter(({ bundle }) => bundle !== facts.bundle)
    .map(({ slot, image, bundle, instances }) => ({
      slot,
      image,
      from: bundle,
      because: `${instances.length} running there with ${bundle === undefined ? 'no bundle' : short(bundle)}`,
    }));
  return ok({ version: 1, bundle: facts.bundle, moves, images: [...new Set(moves.map(({ image }) => image))] });
}

/** The one bundle that all slots serve; undefined where they differ or have none. */
export function liveBundle(slots: readonly LiveSlot[]): string | undefined {
  const bundles = new Set(slots.map(({ bundle }) => bundle));
  return bundles.size === 1 ? slots[0]?.bundle : undefined;
}
