import { expect, it } from 'vitest';
import type { LockedComponent, LockedSubmodule } from '../../../../src/resolve/lock/lockfile.ts';
import { assignPatches } from '../../../../src/resolve/security/assign-patches.ts';

const at = { url: 'https://e/x', commit: '1'.repeat(40), tree: '2'.repeat(40) };
const component = (name: string, path: string, submodules?: LockedSubmodule[]): LockedComponent => ({
  ...{ name, path, ...at, ref: 'refs/heads/master' },
  kind: name === 'core' ? 'core' : 'extension',
  ...(submodules === undefined ? {} : { submodules }),
});
const lock = {
  ...{ schema: 'mwpipe.lock/2' as const, set: 'demo', mediawiki: '1.43.0' },
  components: [
    component('core', ''),
    component('VisualEditor', 'extensions/VisualEditor', [
      { path: 'lib/ve', ...at, submodules: [{ path: 'rebaser', ...at }] },
    ]),
  ],
};
const patch = (folder: string) => ({ folder, name: '01-T1.patch', path: `next/${folder}/01-T1.patch` });

it('finds components by where core mounts them, and submodules in submodules', () => {
  const folders = [
    'core',
    'extensions/VisualEditor',
    'extensions/VisualEditor/lib/ve',
    'extensions/VisualEditor/lib/ve/rebaser',
  ];
  const { assigned, outside, nowhere } = assignPatches(folders.map(patch), lock);
  expect(assigned.map(({ component: { name }, submodule }) => [name, submodule?.inside])).toEqual([
    ['core', undefined],
    ['VisualEditor', undefined],
    ['VisualEditor', 'lib/ve'],
    ['VisualEditor', 'lib/ve/rebaser'],
  ]);
  expect([outside, nowhere]).toEqual([[], []]);
});

it('tells patches of components that the set lacks from those of submodules that nobody has', () => {
  const { assigned, outside, nowhere } = assignPatches(
    ['extensions/Secret', 'extensions/VisualEditor/lib', 'core/sub'].map(patch),
    lock,
  );
  expect(assigned).toEqual([]);
  expect(outside.map(({ folder }) => folder)).toEqual(['extensions/Secret']);
  expect(nowhere.map(({ folder }) => folder)).toEqual(['extensions/VisualEditor/lib', 'core/sub']);
});
