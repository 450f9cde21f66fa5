import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planDeploy, type DeployWish, type Release, type TargetState } from '../../../src/deploy/index.ts';

const wish: DeployWish = {
  image: 'sha256:aaa',
  bundle: 'b1',
  instances: 1,
  mediawiki: '1.43.9',
  set: 'demo',
  tables: 't1',
};
const release = (number: number, parts: Partial<Release> = {}): Release => ({
  number,
  image: 'sha256:aaa',
  bundle: 'b1',
  instances: 1,
  mediawiki: '1.43.9',
  set: 'demo',
  at: '2026-11-23T20:00:00.000Z',
  who: 'tester',
  state: 'good',
  tables: 't1',
  ...parts,
});
const target = (parts: Partial<TargetState> = {}): TargetState => ({
  schema: 'mwpipe.target/1',
  releases: [],
  slots: {},
  ...parts,
});
const live = target({
  releases: [release(1)],
  slots: { blue: 1 },
  live: 'blue',
  wiki: { tables: 't1', bundle: 'b1' },
});
const plan = (
  state: TargetState,
  change: Partial<DeployWish> = {},
  bundles: Record<string, string> = { blue: 'b1' },
) => {
  const planned = planDeploy({ state, wish: { ...wish, ...change }, bundles });
  if (!planned.ok) throw new Error(planned.diagnostics[0].code);
  return planned.value;
};

describe('planDeploy', () => {
  it('installs a wiki on a new target', () => {
    expect(plan(target())).toMatchObject({
      kind: 'first',
      release: 1,
      slot: 'blue',
      install: true,
      tables: { update: true },
    });
  });

  it('does nothing for what is live already', () => {
    expect(plan(live)).toMatchObject({ kind: 'nothing', release: 1, slot: 'blue' });
  });

  it('does nothing else than putting it up again where what is live has fallen over', () => {
    expect(plan(live, {}, {})).toMatchObject({ kind: 'nothing', release: 1 });
  });

  it('puts another image beside what is live, and says what differs', () => {
    expect(plan(live, { image: 'sha256:bbb' })).toMatchObject({
      kind: 'beside',
      release: 2,
      slot: 'green',
      live: { slot: 'blue', release: 1 },
      install: false,
      tables: { update: false },
      because: 'image aaa becomes bbb',
    });
  });

  it('runs update.php where tables may differ: other definitions, another bundle', () => {
    expect(plan(live, { image: 'sha256:bbb', tables: 't2' }).tables).toMatchObject({ update: true });
    expect(plan(live, { bundle: 'b2' }).tables).toMatchObject({ update: true });
  });

  it('makes a release of the overlays as they are, where a push has changed the live bundle since', () => {
    expect(plan(live, {}, { blue: 'pushed' })).toMatchObject({
      kind: 'beside',
      because: "the live slot's bundle was pushed since",
    });
  });

  it('refuses what is marked bad, unless it is told to', () => {
    const state = {
      ...live,
      releases: [...live.releases, release(2, { image: 'sha256:bbb', state: 'bad', because: 'slow' })],
    };
    const refused = planDeploy({ state, wish: { ...wish, image: 'sha256:bbb' }, bundles: {} });
    expect(refused).toMatchObject({ ok: false, diagnostics: [{ code: 'deploy/marked-bad', exit: 'refused' }] });
    expect(plan(state, { image: 'sha256:bbb', again: true })).toMatchObject({ kind: 'beside', release: 3 });
  });

  it('never touches the slot that users get, nor gives a number twice', () => {
    const state = fc.record({
      live: fc.constantFrom('blue', 'green'),
      numbers: fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(state, fc.constantFrom('sha256:aaa', 'sha256:bbb'), ({ live: slot, numbers }, image) => {
        const releases = numbers.toSorted((a, b) => a - b).map((number) => release(number));
        const current = releases.at(-1)?.number ?? 1;
        const planned = plan(
          { ...live, releases, slots: { [slot]: current }, live: slot },
          { image },
          { [slot]: 'b1' },
        );
        if (planned.kind === 'nothing') return;
        expect(planned.slot).not.toBe(slot);
        expect(numbers).not.toContain(planned.release);
        expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
      }),
    );
  });
});
