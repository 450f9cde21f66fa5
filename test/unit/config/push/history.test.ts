/** What a rollback goes back to, as the journal tells it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bundleBefore,
  knownBundles,
  liveHistory,
  PUSH,
  ROLLBACK,
  wasChecked,
} from '../../../../src/config/push/history.ts';
import type { JournalEntry } from '../../../../src/kernel/home.ts';

const entry = (act: string, bundle: string, previous?: string): JournalEntry => ({
  at: '2026-11-23T00:00:00.000Z',
  run: 'r',
  phase: 'done',
  act,
  data: { bundle, ...(previous === undefined ? {} : { previous }), images: ['image'] },
});
const stack = (...journal: readonly JournalEntry[]): string =>
  liveHistory(journal)
    .map(({ bundle }) => bundle)
    .join('');

it('goes back one push at a time', () => {
  const journal = [entry(PUSH, 'a'), entry(PUSH, 'b', 'a'), entry(PUSH, 'c', 'b')];
  expect(bundleBefore(liveHistory(journal), 'c')?.bundle).toBe('b');
  journal.push(entry(ROLLBACK, 'b', 'c'));
  expect(bundleBefore(liveHistory(journal), 'b')?.bundle).toBe('a');
});

it('forgets what was rolled back, as a thing to go back to', () => {
  expect(stack(entry(PUSH, 'a'), entry(PUSH, 'b', 'a'), entry(ROLLBACK, 'a', 'b'), entry(PUSH, 'c', 'a'))).toBe('ac');
});

it('can still name what was rolled back', () => {
  expect(knownBundles([entry(PUSH, 'b', 'a'), entry(ROLLBACK, 'a', 'b')])).toEqual(['b', 'a']);
});

it('counts what a deploy made live, or a push that was killed before it could write', () => {
  expect(stack(entry(PUSH, 'b', 'of-a-deploy'))).toBe('of-a-deployb');
  expect(stack(entry(PUSH, 'a'), entry(PUSH, 'c', 'b'))).toBe('abc');
});

it('goes back to the last known bundle where a killed push left an unknown one live', () => {
  expect(bundleBefore(liveHistory([entry(PUSH, 'a'), entry(PUSH, 'b', 'a')]), 'x')?.bundle).toBe('b');
});

it("doesn't count what was only meant or failed, nor other people's entries", () => {
  const failed = { ...entry(PUSH, 'b', 'a'), phase: 'failed' as const };
  expect(stack(entry(PUSH, 'a'), { ...failed, phase: 'intent' }, failed, entry('deploy/start', 'z'))).toBe('a');
});

it('knows which image has accepted which bundle', () => {
  const journal = [entry(PUSH, 'a')];
  expect(wasChecked(journal, { bundle: 'a', image: 'image' })).toBe(true);
  expect(wasChecked(journal, { bundle: 'a', image: 'newer' })).toBe(false);
});

describe('any number of pushes and rollbacks', () => {
  it('undoes pushes like a pile of plates', () => {
    const acts = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.constant('undo')), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(acts, (wanted) => {
        const journal: JournalEntry[] = [];
        const pile: string[] = [];
        for (const act of wanted) {
          const live = pile.at(-1);
          if (act === live) continue;
          if (act !== 'undo') {
            journal.push(entry(PUSH, act, live));
            pile.push(act);
          } else {
            const target = bundleBefore(liveHistory(journal), live)?.bundle;
            expect(target).toBe(pile.at(-2));
            if (target === undefined) continue;
            journal.push(entry(ROLLBACK, target, live));
            pile.pop();
          }
          expect(stack(...journal)).toBe(pile.join(''));
        }
      }),
    );
  });
});
