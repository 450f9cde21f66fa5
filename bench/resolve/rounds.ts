/** Sides that take turns, so that a busy machine is busy for all of them; medians of what they took. */

export interface Side {
  readonly name: string;
  /** Not timed. */
  readonly prepare?: () => Promise<void>;
  readonly play: () => Promise<void>;
}

/** @returns the median of each side in milliseconds */
export async function playRounds(
  rounds: number,
  sides: readonly Side[],
  say: (text: string) => void,
): Promise<Record<string, number>> {
  const taken = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each begins in turn: who comes first finds the coldest caches.
    const order = [...sides.slice(round % sides.length), ...sides.slice(0, round % sides.length)];
    for (const side of order) {
      const ms = await play(side, say);
      if (ms !== undefined) taken.get(side.name)?.push(ms);
    }
  }
  const medians = Object.fromEntries([...taken].map(([name, times]) => [name, median(times)]));
  for (const [name, times] of taken)
    say(`  ${name.padEnd(34)}${shown(medians[name] ?? 0)}   ${times.map(shown).join(' ')}`);
  return medians;
}

const TRIES = 3;

/** A server resets connections when too many come at once: such a round is played again, and told. */
async function play({ name, prepare, play }: Side, say: (text: string) => void): Promise<number | undefined> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    await prepare?.();
    const start = performance.now();
    try {
      await play();
      return performance.now() - start;
    } catch (thrown) {
      say(`  ${name} failed, try ${tries}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return undefined;
}

/** Of none: endless, so that no side wins by failing. */
function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY);
}

function shown(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`.padStart(8);
}

export function ratio(ours: number | undefined, theirs: number | undefined): number {
  return Number(((ours ?? NaN) / (theirs ?? NaN)).toFixed(2));
}
