import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ok } from '../../../../src/kernel/outcome.ts';
import { diffLock } from '../../../../src/resolve/lock/diff-lock.ts';
import {
  formatLockfile,
  parseLockfile,
  type LockedComponent,
  type Lockfile,
} from '../../../../src/resolve/lock/lockfile.ts';

const component = (name: string, digit: string): LockedComponent => ({
  name,
  kind: 'extension',
  path: `extensions/${name}`,
  url: `https://e/${name}`,
  ref: 'refs/heads/master',
  commit: digit.repeat(40),
  tree: digit.repeat(40),
});
const lock = (...components: LockedComponent[]): Lockfile => ({
  schema: 'mwpipe.lock/2',
  set: 'demo',
  mediawiki: '1.43.9',
  components,
});

it('reads what it wrote, whatever the texts are', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  const requires = fc.record({
    MediaWiki: text,
    extensions: fc.dictionary(fc.stringMatching(/^[A-Za-z ]{1,9}$/), text),
  });
  const described = fc.record({ version: text, registered: text, requires }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.array(described, { maxLength: 3 }), (parts) => {
      const written = lock(...parts.map((part, at) => ({ ...component(`E${at}`, 'a'), ...part })));
      expect(parseLockfile('a.lock.yaml', formatLockfile(written))).toEqual(ok(written));
    }),
  );
});

it('keeps a change of one component to its own lines', () => {
  const [before, after] = ['1', '2'].map((digit) =>
    formatLockfile(lock(component('A', '0'), component('B', digit))).split('\n'),
  );
  expect(before!.filter((line, at) => line !== after![at])).toEqual([
    `    commit: "${'1'.repeat(40)}"`,
    `    tree: "${'1'.repeat(40)}"`,
  ]);
});

it('writes and reads submodules in submodules, and changes under review', () => {
  const leaf = { path: 'lib/ve', url: 'https://e/ve', commit: '3'.repeat(40), tree: '4'.repeat(40) };
  const change = { change: 1099123, patchset: 3, id: 'I1', ref: 'refs/changes/23/1099123/3', commit: '5'.repeat(40) };
  const written = lock({
    ...component('VisualEditor', '1'),
    submodules: [{ ...leaf, submodules: [{ ...leaf, path: 'x' }] }],
    patch: { tree: '6'.repeat(40), because: 'change 1099123', changes: [{ ...change, because: 'asked for' }] },
  });
  expect(parseLockfile('a.lock.yaml', formatLockfile(written))).toEqual(ok(written));
});

it('reads the format before this one', () => {
  const old = formatLockfile(lock(component('Cite', '1'))).replace('mwpipe.lock/2', 'mwpipe.lock/1');
  expect(parseLockfile('a.lock.yaml', old)).toEqual(ok(lock(component('Cite', '1'))));
});

it('never writes a work tree', () => {
  const patch = { tree: 'e'.repeat(40), from: '/home/me/Cite', because: 'mine' };
  expect(formatLockfile(lock({ ...component('Cite', '1'), patch }))).toBe(formatLockfile(lock(component('Cite', '1'))));
});

it('refuses a lock that a newer mwpipe wrote', () => {
  const newer = formatLockfile(lock()).replace('mwpipe.lock/2', 'mwpipe.lock/3');
  expect(parseLockfile('a.lock.yaml', newer)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'lock/newer-schema', exit: 'input', at: { file: 'a.lock.yaml', line: 2, column: 9 } }],
  });
});

it('refuses a path that leaves the tree, and points at it', () => {
  const escaping = formatLockfile(lock({ ...component('Cite', '1'), path: 'extensions/../../etc' }));
  expect(parseLockfile('a.lock.yaml', escaping)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'yaml/wrong-value', at: { line: 8 } }],
  });
});

it('tells what a lock changes', () => {
  const sameFiles = { ...component('Moved', '1'), commit: '2'.repeat(40) };
  const before = lock(component('Gone', '1'), component('Moved', '1'), component('Same', '1'));
  expect(diffLock(before, lock(sameFiles, component('Same', '1'), component('New', '3')))).toEqual([
    { component: 'Moved', change: 'moved', before: 'master@1111111', after: 'master@2222222', treeChanged: false },
    { component: 'New', change: 'added', after: 'master@3333333', treeChanged: true },
    { component: 'Gone', change: 'removed', before: 'master@1111111', treeChanged: true },
  ]);
});
