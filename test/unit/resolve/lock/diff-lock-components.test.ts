import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  diffLocks,
  type Changed,
  type ComponentDiff,
  type LocksDiff,
} from '../../../../src/resolve/lock/diff-lock-components.ts';
import type { LockedComponent, Lockfile } from '../../../../src/resolve/lock/lockfile.ts';

const id = (digit: string): string => digit.repeat(40);
const lockOf = (...components: readonly LockedComponent[]): Lockfile => ({
  ...{ schema: 'mwpipe.lock/2', set: 'demo', mediawiki: '1.43.0' },
  components,
});
const component = (name: string, more: Partial<LockedComponent> = {}): LockedComponent => ({
  ...{ name, kind: 'extension', path: `extensions/${name}`, url: `https://e/${name}`, ref: 'refs/heads/wmf/1' },
  ...{ commit: id('a'), tree: id('b') },
  ...more,
});
const one = (before: Partial<LockedComponent>, after: Partial<LockedComponent>): ComponentDiff | undefined =>
  diffLocks(lockOf(component('Echo', before)), lockOf(component('Echo', after))).components[0];

it('tells what is new, gone and moved, in the order of a lock', () => {
  const before = lockOf(component('Echo'), component('Cite'), component('core', { kind: 'core' }));
  const after = lockOf(
    component('Cite', { commit: id('c') }),
    component('Math'),
    component('core', { kind: 'core', ref: 'x' }),
  );
  const { components, unchanged } = diffLocks(before, after);
  expect(components.map((entry) => [entry.component, entry.change, entry.sameFiles])).toEqual([
    ['core', 'moved', true],
    ['Cite', 'moved', true],
    ['Echo', 'removed', false],
    ['Math', 'added', false],
  ]);
  expect(unchanged).toBe(0);
});

it('tells a fallback that came or went, and a version', () => {
  expect(one({ fallback: 'no wmf/1', version: '1' }, { version: '2' })).toMatchObject({
    ...{ change: 'described', fallback: { before: 'no wmf/1' }, version: { before: '1', after: '2' } },
  });
});

it('tells each requirement that changed, those of further files too', () => {
  const before = { requires: { MediaWiki: '>= 1.43', platform: { 'ability-shell': true }, extensions: { Echo: '*' } } };
  const after = {
    requires: { MediaWiki: '>= 1.44', skins: { Vector: '*' } },
    also: [{ file: 'x.json', requires: { platform: { php: '>= 8.2' } } }],
  };
  expect(one(before, after)?.requires).toEqual([
    { name: 'MediaWiki', before: '>= 1.43', after: '>= 1.44' },
    { name: 'ability-shell', before: 'true' },
    { name: 'extension Echo', before: '*' },
    { name: 'php', after: '>= 8.2' },
    { name: 'skin Vector', after: '*' },
  ]);
});

it('tells submodules by their path, those inside of others too', () => {
  const inner = { path: 'inner', url: 'u', commit: id('1'), tree: id('2') };
  const ve = { path: 'lib/ve', url: 'u', commit: id('3'), tree: id('4') };
  const diff = one({ submodules: [{ ...ve, submodules: [inner] }] }, { submodules: [{ ...ve, commit: id('5') }] });
  expect(diff?.submodules).toEqual([
    { name: 'lib/ve', before: id('3'), after: id('5') },
    { name: 'lib/ve/inner', before: id('1') },
  ]);
});

it('tells changes under review, and of embargoed patches how many there are and nothing else', () => {
  const review = {
    change: 7,
    patchset: 2,
    id: 'I1',
    ref: 'refs/changes/07/7/2',
    commit: id('1'),
    because: 'asked for',
  };
  const security = { security: [{ digest: 'sha256:secret' }, { digest: 'sha256:other' }] };
  const patch = { tree: id('9'), because: 'security patches of T123', changes: [review], ...security };
  const diff = diffLocks(lockOf(component('Echo')), lockOf(component('Echo', { patch })));
  expect(diff.components[0]?.patches).toEqual({ after: ['change 7/2'] });
  expect(diff.embargoed).toEqual({ before: 0, after: 2 });
  expect(JSON.stringify(diff)).not.toMatch(/secret|T123|999/);
  const only = diffLocks(
    lockOf(component('Echo')),
    lockOf(component('Echo', { patch: { tree: id('9'), because: 'T1', ...security } })),
  );
  expect(only).toMatchObject({ components: [], unchanged: 1, embargoed: { after: 2 } });
});

const words = fc.constantFrom('a', 'b');
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const anyComponent = fc
  .record({
    ...{
      name: fc.constantFrom('core', 'Cite', 'Echo', 'Math'),
      commit: words.map(id),
      tree: words.map(id),
      url: words,
    },
    ...{
      ref: words,
      fallback: some(words),
      version: some(words),
      also: some(fc.constant([{ file: 'x', requires: { MediaWiki: '1' } }])),
    },
    requires: some(fc.record({ MediaWiki: words, extensions: fc.dictionary(words, words) })),
    submodules: some(
      fc.array(fc.record({ path: words, url: words, commit: words.map(id), tree: words.map(id) }), { maxLength: 2 }),
    ),
  })
  .map((parts) => {
    const said = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
    return component(parts.name, { ...said, kind: parts.name === 'core' ? 'core' : 'extension' });
  });
const locks = fc
  .uniqueArray(anyComponent, { selector: ({ name }) => name, maxLength: 4 })
  .map((components) => lockOf(...components));

it('a lock differs in nothing from itself', () => {
  fc.assert(
    fc.property(locks, (lock) => {
      const { components, unchanged } = diffLocks(lock, structuredClone(lock));
      expect([components, unchanged]).toEqual([[], lock.components.length]);
    }),
  );
});

it('the other way round, everything is told the other way round', () => {
  fc.assert(
    fc.property(locks, locks, (a, b) => {
      expect(diffLocks(b, a)).toEqual(reversed(diffLocks(a, b)));
    }),
  );
});

it('every component is told or counted, whatever the order of the locks', () => {
  fc.assert(
    fc.property(locks, locks, (a, b) => {
      const diff = diffLocks(a, b);
      const names = new Set([...a.components, ...b.components].map(({ name }) => name));
      expect(diff.components.length + diff.unchanged).toBe(names.size);
      const shuffled = diffLocks(
        { ...a, components: a.components.toReversed() },
        { ...b, components: b.components.toReversed() },
      );
      expect(shuffled).toEqual(diff);
    }),
  );
});

function swap<T>({ before, after, ...rest }: Changed<T>): Changed<T> {
  return {
    ...rest,
    ...(after === undefined ? {} : { before: after }),
    ...(before === undefined ? {} : { after: before }),
  };
}

function reversed(diff: LocksDiff): LocksDiff {
  const other = { added: 'removed', removed: 'added', moved: 'moved', described: 'described' } as const;
  const components = diff.components.map((entry) => ({
    ...entry,
    ...(swap(entry) as ComponentDiff),
    change: other[entry.change],
    ...(entry.fallback && { fallback: swap(entry.fallback) }),
    ...(entry.version && { version: swap(entry.version) }),
    requires: entry.requires.map((change) => ({ ...swap(change), name: change.name })),
    submodules: entry.submodules.map((change) => ({ ...swap(change), name: change.name })),
  }));
  return { ...diff, mediawiki: swap(diff.mediawiki), components: components.map(withoutUndefined) };
}

function withoutUndefined(entry: ComponentDiff): ComponentDiff {
  const { before, after, ...rest } = entry;
  const has = {
    added: [undefined, after],
    removed: [before, undefined],
    moved: [before, after],
    described: [before, after],
  };
  const [left, right] = has[entry.change];
  return { ...rest, ...(left && { before: left }), ...(right && { after: right }) };
}
