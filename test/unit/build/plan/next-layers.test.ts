import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDelta } from '../../../../src/build/layers/delta.ts';
import { parents } from '../../../../src/build/layers/paths.ts';
import type { LayerSpec } from '../../../../src/build/layers/layer-spec.ts';
import { codeLayers } from '../../../../src/build/plan/layer-specs.ts';
import { formatLayers, layersSchema, type LayersFile } from '../../../../src/build/plan/layers-file.ts';
import { MOST_DELTAS, nextLayers, type NextLayers } from '../../../../src/build/plan/next-layers.ts';
import { parseYaml } from '../../../../src/kernel/yaml-document.ts';
import type { LockedComponent, Lockfile } from '../../../../src/resolve/index.ts';
import { fakeGit, lockOf, type FakeGit } from '../../../worlds/fakes/git-objects.ts';

type Files = Readonly<Record<string, string>>;
/** Components by name, each with its files. */
type World = Readonly<Record<string, Files>>;

const SIZE = 1000;
const sizeOf = (): number => SIZE;

const name = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H');
const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((parts) => `f/${parts.join('/')}`);
const files = fc
  .dictionary(path, fc.constantFrom('1', '2', '3'), { minKeys: 1, maxKeys: 6 })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([one]) => !parents(one).some((p) => p in all))));
const world: fc.Arbitrary<World> = fc
  .record({ core: files, vendor: files, extensions: fc.dictionary(name, files, { maxKeys: 6 }) })
  .map(({ core, vendor, extensions }) => ({ core, vendor, ...extensions }));

function lockFor(git: FakeGit, one: World): Lockfile {
  return lockOf(...Object.entries(one).map(([component, its]) => git.component(component, its)));
}

function next(lock: Lockfile, previous: LayersFile | undefined, movedBytes = 10): NextLayers {
  return nextLayers({ set: lock.set, components: lock.components, previous, sizeOf, movedBytes });
}

/** What containers see when all layers are stacked. */
async function stacked(specs: readonly LayerSpec[], git: FakeGit): Promise<Record<string, string>> {
  const seen = new Map<string, string>();
  const clear = (gone: string): void => {
    for (const other of [...seen.keys()]) if (other === gone || other.startsWith(`${gone}/`)) seen.delete(other);
  };
  for (const { content } of specs) {
    if (content.kind === 'trees') {
      for (const { path: mount, tree, url } of content.trees) {
        for (const entry of await git.entries({ id: tree, url })) seen.set(at(mount, entry.path), entry.oid);
      }
    } else if (content.kind === 'delta') {
      const { changed, removed } = await readDelta(content, git);
      for (const gone of removed) clear(gone);
      for (const one of changed) {
        for (const folder of parents(one.path)) seen.delete(folder);
        clear(one.path);
        seen.set(one.path, one.entry.oid);
      }
    }
  }
  return Object.fromEntries([...seen].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function wanted(lock: Lockfile, git: FakeGit): Promise<Record<string, string>> {
  const all = await Promise.all(
    lock.components.map(async ({ path: mount, tree, url }) =>
      (await git.entries({ id: tree, url })).map((entry) => [at(mount, entry.path), entry.oid] as const),
    ),
  );
  return Object.fromEntries(all.flat().sort(([a], [b]) => (a < b ? -1 : 1)));
}

const at = (mount: string, one: string): string => (mount === '' ? one : `${mount}/${one}`);
const specsOf = (lock: Lockfile, layers: LayersFile): LayerSpec[] => {
  const { base, deltas } = codeLayers({ lock, layers, sizeOf, entry: '' });
  return [...base, ...deltas];
};
const many = (count: number, size = 'x'): World =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`E${index}`, { f: `${size}${index}` }]));

describe('how layers are cut', () => {
  it('shows containers exactly what the lock says, week after week', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(world, { minLength: 1, maxLength: 12 }), fc.nat(400), async (weeks, bytes) => {
        const git = fakeGit();
        let previous: LayersFile | undefined;
        for (const week of weeks) {
          const lock = lockFor(git, week);
          const { file } = next(lock, previous, bytes);
          expect(await stacked(specsOf(lock, file), git)).toEqual(await wanted(lock, git));
          previous = file;
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is what it gives: cut again, nothing changes, from its file too', () => {
    fc.assert(
      fc.property(fc.array(world, { minLength: 1, maxLength: 8 }), (weeks) => {
        const git = fakeGit();
        let file: LayersFile | undefined;
        for (const week of weeks) file = next(lockFor(git, week), file).file;
        const lock = lockFor(git, weeks.at(-1)!);
        expect(next(lock, file)).toMatchObject({ change: 'same', file });
        const read = parseYaml('x.layers.json', formatLayers(file!), layersSchema);
        expect(read.ok && read.value.value).toEqual(file);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves every layer below a change as it was', () => {
    const git = fakeGit();
    const before = many(40);
    const lock = lockFor(git, { core: { i: '1' }, vendor: { a: '1' }, ...before });
    const { file } = next(lock, undefined);
    const moved = lockFor(git, { core: { i: '1' }, vendor: { a: '1' }, ...before, E7: { f: 'new' } });
    const after = next(moved, file);
    expect(after).toMatchObject({ change: 'delta', because: 'extensions/E7 moved' });
    const keys = (layers: readonly LayerSpec[]): string[] => layers.map(({ key }) => key);
    expect(keys(specsOf(moved, after.file)).slice(0, -1)).toEqual(keys(specsOf(lock, file)));
  });

  it('keeps an image of 194 extensions within its layers for a year, and squashes what moved only', () => {
    const git = fakeGit();
    let now: World = { core: { i: '0' }, vendor: { a: '0' }, ...many(194) };
    let cut = next(lockFor(git, now), undefined);
    const squashes: number[] = [];
    for (let week = 1; week <= 52; week += 1) {
      now = { ...now, core: { i: String(week) }, [`E${week}`]: { f: `week ${week}` }, E3: { f: `often ${week}` } };
      const lock = lockFor(git, now);
      const before = cut.file;
      cut = next(lock, before, 3000);
      expect(cut.file.base.length).toBeLessThanOrEqual(36);
      expect(cut.file.deltas.length).toBeLessThanOrEqual(MOST_DELTAS);
      if (cut.change !== 'squash') continue;
      squashes.push(week);
      const stayed = cut.file.base.filter((layer) => before.base.includes(layer)).length;
      expect(stayed).toBeGreaterThan(5);
    }
    expect(squashes.length).toBeGreaterThan(0);
    expect(squashes.length).toBeLessThan(6);
    expect(next(lockFor(git, now), cut.file).change).toBe('same');
  });

  it('merges neighbours with the fewest bytes, so that a large week is not sent again', () => {
    const git = fakeGit();
    const base: World = { core: { i: '0' }, vendor: { a: '0' }, ...many(20) };
    let { file } = next(lockFor(git, base), undefined, 0);
    const sizes = [3000, 1, 1, 1, 1, 1, 1, 1];
    for (const [index, bytes] of sizes.entries()) {
      file = next(lockFor(git, { ...base, E1: { f: `${index}` } }), file, bytes).file;
    }
    expect(file.deltas[0]).toMatchObject({ name: 'delta 1', bytes: 3000 });
    expect(file.deltas).toHaveLength(MOST_DELTAS);
    expect(file.deltas.map((delta) => delta.name)).toContain('deltas 2-3');
  });

  it('hold the repos inside a component with it', () => {
    const leaf = { url: 'https://example.test/ve', commit: '1'.repeat(40), tree: '2'.repeat(40) };
    const git = fakeGit();
    const own: LockedComponent = {
      ...git.component('VisualEditor', { a: '1' }),
      submodules: [{ ...leaf, path: 'lib/ve', submodules: [{ ...leaf, path: 'rebaser' }] }],
    };
    const { file } = next(lockOf(git.component('core', { i: '1' }), own), undefined);
    expect(Object.keys(file.base.at(-1)!.trees)).toEqual([
      'extensions/VisualEditor',
      'extensions/VisualEditor/lib/ve',
      'extensions/VisualEditor/lib/ve/rebaser',
    ]);
  });
});

describe('patched components', () => {
  it('are one small layer each on top, which knows where others are mounted', () => {
    const git = fakeGit();
    const lock = lockFor(git, { core: { i: '1' }, vendor: { a: '1' }, Cite: { f: '1' } });
    const patch = { tree: git.tree({ i: '2' }), from: '/home/x', because: 'a fix' };
    const [core, ...others] = lock.components;
    const patched = { ...lock, components: [{ ...core!, patch }, ...others] };
    const { file } = next(patched, undefined);
    const layers = codeLayers({ lock: patched, layers: file, sizeOf, entry: '' });
    expect(layers.patches).toMatchObject([
      { name: 'core (patched)', content: { kind: 'delta', foreign: ['extensions/Cite', 'vendor'], because: 'a fix' } },
    ]);
    expect(next(lock, undefined).file).toEqual(file);
  });

  it('may be a repo inside a component', () => {
    const git = fakeGit();
    const leaf = { url: 'https://example.test/ve', commit: '1'.repeat(40), tree: git.tree({ x: '1' }) };
    const patch = { tree: git.tree({ x: '2' }), because: 'embargoed' };
    const own = { ...git.component('VisualEditor', { a: '1' }), submodules: [{ ...leaf, path: 'lib/ve', patch }] };
    const lock = lockOf(git.component('core', { i: '1' }), own);
    const { file } = next(lock, undefined);
    const [layer] = codeLayers({ lock, layers: file, sizeOf, entry: '' }).patches;
    expect(layer?.content).toMatchObject({ before: [{ path: 'extensions/VisualEditor/lib/ve', tree: leaf.tree }] });
    expect(JSON.stringify(codeLayers({ lock, layers: file, sizeOf, entry: '' }).lock.content)).not.toContain(
      patch.tree,
    );
  });
});
