/** What every home must do: one writer at a time, a journal that survives a kill, a state that is never half. */
import { describe, expect, it } from 'vitest';
import type { Home, JournalEntry } from '../../src/kernel/home.ts';
import { testContext } from '../worlds/context.ts';

export interface HomeWorld extends AsyncDisposable {
  /** As this process sees it. */
  readonly home: Home;
  /** Another process of this machine takes the lease. @returns what kills it, without a chance to clean up */
  holdElsewhere(reason: string): Promise<() => Promise<void>>;
  /** What a kill in the middle of an append leaves at the end of the journal. */
  cutJournal(text: string): Promise<void>;
}

const entry = (act: string, phase: JournalEntry['phase'] = 'done'): JournalEntry => ({
  at: '2026-11-23T20:00:00.000Z',
  run: 'run-1',
  phase,
  act,
  data: { text: 'ein "Wort"\nund noch eines', share: 0.25 },
});

export function homeContract(name: string, open: () => Promise<HomeWorld>): void {
  const context = testContext();

  describe(name, () => {
    it('knows nothing at first', async () => {
      await using world = await open();
      expect(await world.home.journal()).toEqual({ ok: true, value: [] });
      expect(await world.home.readState()).toEqual({ ok: true, value: undefined });
      expect(await world.home.holder()).toEqual({ ok: true, value: undefined });
    });

    it('gives the journal back in the order of writing', async () => {
      await using world = await open();
      for (const act of ['one', 'two', 'three']) expect((await world.home.append(entry(act))).ok).toBe(true);
      expect(await world.home.journal()).toEqual({ ok: true, value: ['one', 'two', 'three'].map((act) => entry(act)) });
    });

    it('leaves out a line that was cut off, and goes on after it', async () => {
      await using world = await open();
      await world.home.append(entry('one'));
      await world.cutJournal('{"at":"2026-11-23T20:00:01.000Z","run":"run-1","ph');
      expect(await world.home.journal()).toEqual({ ok: true, value: [entry('one')] });
      await world.home.append(entry('two'));
      expect(await world.home.journal()).toEqual({ ok: true, value: [entry('one'), entry('two')] });
    });

    it('replaces the state as a whole', async () => {
      await using world = await open();
      await world.home.writeState({ releases: [1, 2, 3], live: 'blue' });
      await world.home.writeState({ releases: [4] });
      expect(await world.home.readState()).toEqual({ ok: true, value: { releases: [4] } });
    });

    it('has one writer at a time, and says who it is and why', async () => {
      await using world = await open();
      const kill = await world.holdElsewhere('deploy of release 7');
      expect(await world.home.acquire('config push', context)).toMatchObject({
        ok: false,
        diagnostics: [
          { code: 'lock/held', exit: 'refused', message: expect.stringContaining('deploy of release 7') as string },
        ],
      });
      expect(await world.home.holder()).toMatchObject({ ok: true, value: { reason: 'deploy of release 7' } });
      await kill();
    });

    it('gives the lease to the next when it is released', async () => {
      await using world = await open();
      const first = await world.home.acquire('one', context);
      if (!first.ok) throw new Error(first.diagnostics[0].message);
      expect((await world.home.acquire('two', context)).ok).toBe(false);
      await first.value[Symbol.asyncDispose]();
      expect((await world.home.acquire('two', context)).ok).toBe(true);
    });

    it('takes over from a process that was killed, and from no other', async () => {
      await using world = await open();
      const kill = await world.holdElsewhere('deploy of release 7');
      expect((await world.home.acquire('rollback', context)).ok).toBe(false);
      await kill();
      expect(await world.home.holder()).toEqual({ ok: true, value: undefined });
      const taken = await world.home.acquire('rollback', context);
      expect(taken).toMatchObject({ ok: true, value: { holder: { reason: 'rollback' } } });
      expect(await world.home.holder()).toMatchObject({ ok: true, value: { reason: 'rollback' } });
    });

    it('gives it to one of many who ask at the same moment', async () => {
      await using world = await open();
      const kill = await world.holdElsewhere('deploy of release 7');
      await kill();
      const asked = await Promise.all(Array.from({ length: 8 }, () => world.home.acquire('mine', context)));
      expect(asked.filter(({ ok }) => ok)).toHaveLength(1);
    });
  });
}
