/** Shares of slots as weights of servers: HAProxy takes whole numbers from 0 to 256. */
import type { Shares } from '../../rollout/ports.ts';

const HEAVIEST = 256;

/**
 * The heaviest server gets 256, so that what rounding takes from the others is as little as can be; a share above 0
 * never becomes 0.
 * @param instances how many servers each slot has
 */
export function weightsOf(shares: Shares, instances: ReadonlyMap<string, number>): Map<string, number> {
  const each = [...instances].map(([slot, count]) => ({ slot, share: count === 0 ? 0 : (shares[slot] ?? 0) / count }));
  const largest = Math.max(...each.map(({ share }) => share));
  const weight = (share: number): number => (share <= 0 ? 0 : Math.max(1, Math.round((share / largest) * HEAVIEST)));
  return new Map(each.map(({ slot, share }) => [slot, weight(share)]));
}
