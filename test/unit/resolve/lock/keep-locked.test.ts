import { expect, it } from 'vitest';
import { ok } from '../../../../src/kernel/outcome.ts';
import { keepLocked } from '../../../../src/resolve/lock/keep-locked.ts';
import type { LockedComponent, Lockfile } from '../../../../src/resolve/lock/lockfile.ts';
import type { SetComponent } from '../../../../src/resolve/sets/extension-set.ts';
import { component, setOf } from '../facts.ts';

const locked = (name: string, ref = 'refs/heads/master'): LockedComponent => {
  const { kind, path, url } = component(name);
  return { name, kind, path, url, ref, commit: 'c'.repeat(40), tree: 'd'.repeat(40) };
};
const lock = (...components: LockedComponent[]): Lockfile => ({
  schema: 'mwpipe.lock/2',
  set: 'demo',
  mediawiki: '1.43.0',
  components,
});
const kept = (components: readonly SetComponent[], before: Lockfile | undefined, update?: readonly string[]) => {
  const found = keepLocked({ ...setOf(), components }, before, update);
  return found.ok
    ? [...found.value.keys()]
    : found.diagnostics.map(({ message, hint }) => `${message} | ${hint ?? ''}`);
};

const three = ['core', 'Cite', 'Echo'].map(component);
const before = lock(locked('core'), locked('Cite'), locked('Echo'));

it('keeps nothing where nothing was named', () => {
  expect(kept(three, before)).toEqual([]);
});

it('keeps what was not named, with its ref, commit and fallback', () => {
  expect(kept(three, before, ['extensions/Cite'])).toEqual(['core', 'Echo']);
  const fallback = lock({ ...locked('Echo'), fallback: 'no wmf/1' });
  expect(keepLocked({ ...setOf(), components: three }, fallback, ['Cite'])).toEqual(
    ok(new Map([['Echo', { ref: 'refs/heads/master', commit: 'c'.repeat(40), fallback: 'no wmf/1' }]])),
  );
});

it('asks again for what the lock has from elsewhere, or by another pin', () => {
  const moved = { ...component('Echo'), url: 'https://elsewhere/Echo' };
  const pinned = { ...component('Cite'), pin: { kind: 'branch', name: 'REL1_43' } as const };
  expect(kept([component('core'), pinned, moved], before, ['core'])).toEqual([]);
  expect(kept([pinned], lock(locked('Cite', 'refs/heads/REL1_43')), [])).toEqual(['Cite']);
  const unpinned = lock(locked('Cite', 'refs/tags/1.0'));
  expect(kept([component('Cite')], unpinned, [])).toEqual([]);
  const commit = { ...component('Cite'), pin: { kind: 'commit', name: 'c'.repeat(40) } as const };
  expect(kept([commit], before, [])).toEqual(['Cite']);
});

it('asks for everything where there is no lock', () => {
  expect(kept(three, undefined, ['Cite'])).toEqual([]);
});

it('names a component that the set does not have', () => {
  expect(kept(three, before, ['Ecko'])).toEqual(['"Ecko" is no component of the set "demo" | did you mean Echo?']);
});
