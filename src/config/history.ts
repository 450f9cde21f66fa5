/** Which bundles were live, in order, as the target's journal tells it: what a rollback goes back to. */
import { z } from 'zod';
import type { JournalEntry } from '../kernel/home.ts';

export const PUSH = 'config/push';
export const ROLLBACK = 'config/rollback';

export interface PastBundle {
  readonly bundle: string;
  /** When it went live; ISO 8601, UTC. */
  readonly at: string;
}

const moveSchema = z.object({ bundle: z.string(), previous: z.string().optional() });

/**
 * The bundles that a rollback can walk back through, the newest last. What was live before a push counts even where
 * its own push is not in the journal (a deploy made it live, or mwpipe was killed before it could write).
 */
export function liveHistory(journal: readonly JournalEntry[]): PastBundle[] {
  const stack: PastBundle[] = [];
  for (const entry of journal) {
    const move = moveSchema.safeParse(entry.data);
    if (entry.phase !== 'done' || !move.success) continue;
    const { bundle, previous } = move.data;
    if (entry.act === ROLLBACK) {
      const found = stack.findLastIndex((past) => past.bundle === bundle);
      stack.length = Math.max(0, found);
    } else if (entry.act === PUSH) {
      if (previous !== undefined && previous !== stack.at(-1)?.bundle) stack.push({ bundle: previous, at: entry.at });
    } else continue;
    stack.push({ bundle, at: entry.at });
  }
  return stack;
}

/** The newest bundle in history that isn't the one that is live now. */
export function bundleBefore(history: readonly PastBundle[], live: string | undefined): PastBundle | undefined {
  const position = history.findLastIndex((past) => past.bundle === live);
  const older = position < 0 ? history : history.slice(0, position);
  return older.findLast((past) => past.bundle !== live);
}

/** Every bundle that was ever live, the newest last: what the disk keeps, and what a rollback can name. */
export function knownBundles(journal: readonly JournalEntry[]): string[] {
  const named = journal.flatMap((entry) => {
    const move = moveSchema.safeParse(entry.data);
    const moved = entry.phase === 'done' && (entry.act === PUSH || entry.act === ROLLBACK);
    return moved && move.success ? [move.data.previous ?? move.data.bundle, move.data.bundle] : [];
  });
  return [...new Set(named.reverse())].reverse();
}

/** When a bundle was left last, as milliseconds since 1970; undefined where the journal doesn't know. */
export function leftAt(journal: readonly JournalEntry[], bundle: string): number | undefined {
  const left = journal.findLast(
    (entry) =>
      entry.phase !== 'intent' && (entry.act === PUSH || entry.act === ROLLBACK) && entry.data?.['previous'] === bundle,
  );
  return left === undefined ? undefined : Date.parse(left.at);
}

/** Whether this image has accepted the bundle before: image and bundle are both immutable. */
export function wasChecked(
  journal: readonly JournalEntry[],
  checked: { readonly bundle: string; readonly image: string },
): boolean {
  return journal.some((entry) => {
    const images = entry.data?.['images'];
    const same = entry.phase === 'done' && entry.data?.['bundle'] === checked.bundle;
    return same && Array.isArray(images) && images.includes(checked.image);
  });
}
