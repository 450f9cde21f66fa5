/** Which bundles were live, in order, as the target's journal tells it: what a rollback goes back to. */
import { z } from 'zod';
import type { JournalEntry } from '../../kernel/home.ts';

export const PUSH = 'config/push';
export const ROLLBACK = 'config/rollback';
/** Canaries have a bundle that the others don't have yet. */
export const CANARY = 'config/canary';
/** Staged and checked, for requests with the debug pin alone. */
export const DEBUG = 'config/debug';
/** A deploy brought it, with the code. */
export const DEPLOYED = 'config/deployed';

/** A wiki was added: its lines, its database and tables; the push that made it live has entries of its own. */
export const WIKI_ADD = 'wiki/add';

export interface PastBundle {
  readonly bundle: string;
  /** When it went live; ISO 8601, UTC. */
  readonly at: string;
}

const instancesSchema = z.array(z.object({ slot: z.string(), instances: z.array(z.string()) }));
const asideSchema = z.object({ aside: instancesSchema.exactOptional(), back: instancesSchema.exactOptional() });
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
    } else if (entry.act === PUSH || entry.act === DEPLOYED) {
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

/** How many are tried before a person has to choose: each may take a minute, while users wait. */
const MOST_TRIED = 5;

/**
 * What a code rollback may take along, the best first: what users have, then what they had before, then what the slot
 * has. What was undone is not among them.
 * @param facts.live of the slot that is left @param facts.own of the slot that it goes back to
 */
export function configsToTry(
  journal: readonly JournalEntry[],
  { live, own }: { readonly live: string | undefined; readonly own: string | undefined },
): string[] {
  const history = liveHistory(journal).map(({ bundle }) => bundle);
  const position = live === undefined ? -1 : history.lastIndexOf(live);
  const older = position < 0 ? history : history.slice(0, position);
  const newest = [...(live === undefined ? [] : [live]), ...older.toReversed()];
  const tried = [...new Set(newest)].filter((bundle) => rolledBackAt(journal, bundle) === undefined);
  const first = tried.slice(0, MOST_TRIED);
  const mayKeep = own !== undefined && !first.includes(own) && rolledBackAt(journal, own) === undefined;
  return mayKeep ? [...first, own] : first;
}

/** The git commit that a bundle was made live from last, where its push or deploy knew one. */
export function commitOf(journal: readonly JournalEntry[], bundle: string): string | undefined {
  const named = journal.findLast(({ data }) => data?.['bundle'] === bundle && data['source'] !== undefined);
  return sourceSchema.safeParse(named?.data?.['source']).data?.commit;
}

const sourceSchema = z.object({ commit: z.string() });
const KEEPS: readonly string[] = [PUSH, ROLLBACK, CANARY, DEBUG, DEPLOYED];

/** When the bundle was undone last, where it wasn't pushed again since; ISO 8601, UTC. */
export function rolledBackAt(journal: readonly JournalEntry[], bundle: string): string | undefined {
  const last = journal.findLast(({ phase, act, data }) => {
    if (phase !== 'done') return false;
    if (act === ROLLBACK) return data?.['previous'] === bundle || data?.['bundle'] === bundle;
    return (act === PUSH || act === DEPLOYED) && data?.['bundle'] === bundle;
  });
  return last?.act === ROLLBACK && last.data?.['previous'] === bundle ? last.at : undefined;
}

/** Instances that a push took out of rotation and none has brought back, by slot. */
export function setAsideNow(journal: readonly JournalEntry[]): ReadonlyMap<string, readonly string[]> {
  const aside = new Map<string, readonly string[]>();
  for (const { data } of journal) {
    const change = asideSchema.safeParse(data).data;
    for (const { slot, instances } of change?.aside ?? []) aside.set(slot, [...(aside.get(slot) ?? []), ...instances]);
    for (const { slot, instances } of change?.back ?? []) {
      aside.set(
        slot,
        (aside.get(slot) ?? []).filter((name) => !instances.includes(name)),
      );
    }
  }
  return aside;
}

/** Every bundle that was ever live, the newest last: what the disk keeps, and what a rollback can name. */
export function knownBundles(journal: readonly JournalEntry[]): string[] {
  const named = journal.flatMap((entry) => {
    const move = moveSchema.safeParse(entry.data);
    const moved = entry.phase === 'done' && KEEPS.includes(entry.act);
    return moved && move.success ? [move.data.previous ?? move.data.bundle, move.data.bundle] : [];
  });
  return [...new Set(named.reverse())].reverse();
}

/** What the releases were made live with that slots may hold, the newest last: a rollback as a pair goes back to one. */
export function deployedBundles(journal: readonly JournalEntry[]): string[] {
  const made = journal.filter(({ act, phase }) => act === DEPLOYED && phase === 'done');
  return made.slice(-HELD_RELEASES).flatMap(({ data }) => moveSchema.safeParse(data).data?.bundle ?? []);
}

/** One live and one baking; a few more that were taken back in between. */
const HELD_RELEASES = 5;

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
