/** What every implementation of `Reviews` must do; `open` gives a world with changes and the port over it. */
import { expect, it } from 'vitest';
import { ok } from '../../src/kernel/outcome.ts';
import type { Change, Reviews } from '../../src/resolve/ports.ts';
import { withoutRepo, type MadeChange, type ReviewWorld } from '../worlds/review-changes.ts';
import { quiet } from './git-ports.contract.ts';

type World = ReviewWorld & AsyncDisposable & { readonly reviews: Reviews };

/** As the port gives it: the world's own name of the repo is none of it. */
function publicly(change: MadeChange, newest = change.newest): Change {
  return withoutRepo({ ...change, newest });
}

export function reviewsContract(name: string, open: () => Promise<World>): void {
  it(`${name}: gives a change at its newest patchset, and at an older one with that one's message`, async () => {
    await using world = await open();
    const first = await world.change('extensions/Echo', { subject: 'Ring' });
    const second = await world.amend(first, { subject: 'Ring twice' });
    const { gerrit, reviews } = world;
    const { number } = first;
    expect(await reviews.change({ gerrit, number }, quiet)).toEqual(ok(publicly(second)));
    expect(await reviews.change({ gerrit, number, patchset: 2 }, quiet)).toEqual(ok(publicly(second)));
    expect(await reviews.change({ gerrit, number, patchset: 1 }, quiet)).toEqual(ok(publicly(first, 2)));
  });

  it(`${name}: says that there is no such change, and no such patchset`, async () => {
    await using world = await open();
    const { gerrit, reviews } = world;
    const { number } = await world.change('core');
    const nobody = await reviews.change({ gerrit, number: 999_999 }, quiet);
    expect(nobody).toMatchObject({ ok: false, diagnostics: [{ code: 'gerrit/no-such-change' }] });
    const older = await reviews.change({ gerrit, number, patchset: 7 }, quiet);
    expect(older).toMatchObject({ ok: false, diagnostics: [{ code: 'gerrit/no-such-patchset' }] });
  });

  it(`${name}: finds every change with a Change-Id, over branches and repos, and none`, async () => {
    await using world = await open();
    const { gerrit, reviews } = world;
    const one = await world.change('core');
    const other = await world.change('extensions/Echo', { id: one.id });
    await world.change('core');
    const found = await reviews.withId({ gerrit, id: one.id }, quiet);
    expect(found.ok && found.value.map(({ number }) => number).sort()).toEqual([one.number, other.number]);
    expect(found.ok && found.value.find(({ number }) => number === one.number)).toEqual(publicly(one));
    expect(await reviews.withId({ gerrit, id: `I${'0'.repeat(40)}` }, quiet)).toEqual(ok([]));
  });

  it(`${name}: gives the chain at the patchsets that are built on each other, from either end`, async () => {
    await using world = await open();
    const { gerrit, reviews } = world;
    const below = await world.change('core');
    const above = await world.change('core', { parent: below });
    await world.amend(below, {});
    const link = ({ number, patchset, commit, parents }: MadeChange) => ({ number, patchset, commit, parents });
    const place = ({ number, project, commit }: MadeChange) => ({ gerrit, number, project, commit });
    for (const end of [above, below]) {
      expect(await reviews.chain(place(end), quiet)).toEqual(ok([link(above), link(below)]));
    }
    expect(await reviews.chain(place(await world.change('extensions/Echo')), quiet)).toEqual(ok([]));
  });

  it(`${name}: says what is private or work in progress, and where a merged change is`, async () => {
    await using world = await open();
    const { gerrit, reviews } = world;
    const draft = await world.change('core', { visibility: 'work-in-progress' });
    const hidden = await world.change('core', { visibility: 'private' });
    expect(await reviews.change({ gerrit, number: draft.number }, quiet)).toEqual(ok(publicly(draft)));
    expect(await reviews.change({ gerrit, number: hidden.number }, quiet)).toEqual(ok(publicly(hidden)));
    const merged = await world.change('core', { status: 'MERGED' });
    expect(await reviews.includedIn({ gerrit, ...merged }, quiet)).toEqual(ok({ branches: ['master'], tags: [] }));
  });
}
