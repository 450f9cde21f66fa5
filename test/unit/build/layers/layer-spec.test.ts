import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerSpecs, type LayerSpec } from '../../../../src/build/layers/layer-spec.ts';
import type { LockedComponent, Lockfile } from '../../../../src/resolve/index.ts';

const hex = fc.stringMatching(/^[0-9a-f]{40}$/);
const extensions = fc
  .uniqueArray(fc.stringMatching(/^[A-Z][a-zA-Z]{0,9}$/), { minLength: 1, maxLength: 90 })
  .chain((names) => fc.tuple(...names.map((name) => hex.map((tree) => component(name, tree)))));

function component(name: string, tree: string): LockedComponent {
  const kind = name === 'core' || name === 'vendor' ? name : 'extension';
  const path = name === 'core' ? '' : name === 'vendor' ? 'vendor' : `extensions/${name}`;
  return { name, kind, path, url: `https://example.test/${name}`, ref: 'refs/heads/master', commit: tree, tree };
}

function lockWith(components: readonly LockedComponent[]): Lockfile {
  const first = [component('core', 'c'.repeat(40)), component('vendor', 'e'.repeat(40))];
  return { schema: 'mwpipe.lock/2', set: 'test', mediawiki: '1.43.0', components: [...first, ...components] };
}

const sizeOf = (tree: string): number => Number.parseInt(tree.slice(0, 5), 16);
const specs = (components: readonly LockedComponent[]): LayerSpec[] => {
  const lock = lockWith(components);
  const sizes = new Map(lock.components.map(({ tree }) => [tree, sizeOf(tree)]));
  return layerSpecs({ lock, sizes, entry: '<?php' });
};
const keys = (layers: readonly LayerSpec[]): string[] => layers.map((layer) => layer.key);
const without = (layer: LayerSpec): boolean => layer.name !== 'lock';

describe('the layers of a lock', () => {
  it('hold each component once, below the limit of engines', () => {
    fc.assert(
      fc.property(extensions, (components) => {
        const layers = specs(components);
        const held = layers.flatMap(({ content }) =>
          content.kind === 'trees' ? content.trees.map((t) => t.name) : [],
        );
        expect(held.toSorted()).toEqual(['core', 'vendor', ...components.map((one) => one.name)].toSorted());
        expect(layers.length).toBeLessThanOrEqual(46);
        expect(layers.slice(0, 2).map((layer) => layer.name)).toEqual(['vendor', 'core']);
      }),
    );
  });

  it('hold the repos inside a component, each where it is mounted', () => {
    const leaf = { url: 'https://example.test/ve', commit: '1'.repeat(40), tree: '2'.repeat(40) };
    const submodules = [{ ...leaf, path: 'lib/ve', submodules: [{ ...leaf, path: 'rebaser' }] }];
    const [own] = specs([{ ...component('VisualEditor', '3'.repeat(40)), submodules }]).slice(2);
    expect(own?.content.kind === 'trees' && own.content.trees.map(({ name, path }) => [name, path])).toEqual([
      ['VisualEditor', 'extensions/VisualEditor'],
      ['VisualEditor/lib/ve', 'extensions/VisualEditor/lib/ve'],
      ['VisualEditor/lib/ve/rebaser', 'extensions/VisualEditor/lib/ve/rebaser'],
    ]);
    expect(own?.fileBytes).toBe(sizeOf('3'.repeat(40)));
  });

  it('are the same whatever the order of the lock', () => {
    fc.assert(
      fc.property(extensions, (components) => {
        expect(keys(specs(components)).filter((_, i, all) => i < all.length - 1)).toEqual(
          keys(specs(components.toReversed())).slice(0, -1),
        );
      }),
    );
  });

  it('change in one place when one component changes', () => {
    fc.assert(
      fc.property(extensions, fc.nat(), fc.stringMatching(/^[0-9a-f]{32}$/), (components, which, end) => {
        const index = which % components.length;
        const before = components[index]!;
        const tree = before.tree.slice(0, 8) + end;
        fc.pre(tree !== before.tree);
        const after = components.with(index, { ...before, tree });
        const changed = specs(after).filter((layer, i) => layer.key !== specs(components)[i]?.key);
        expect(changed.filter(without)).toHaveLength(1);
        expect(changed.filter(without)[0]!.content).toMatchObject({
          trees: expect.arrayContaining([expect.objectContaining({ name: before.name })]) as unknown,
        });
      }),
      { numRuns: 50 },
    );
  });

  it('stay as they are below a patch, which is one small layer on top', () => {
    fc.assert(
      fc.property(extensions, hex, (components, tree) => {
        const [first, ...others] = components;
        fc.pre(first !== undefined && tree !== first.tree);
        const patched = [{ ...first, patch: { tree, from: '/home/x', because: 'a fix' } }, ...others];
        expect(keys(specs(patched)).slice(0, -1)).toEqual(keys(specs(components)));
        expect(specs(patched).at(-1)!.name).toBe(`${first.name} (patched)`);
      }),
      { numRuns: 50 },
    );
  });

  it('know of a patch of core where other components are mounted', () => {
    const lock = lockWith([component('Cite', 'd'.repeat(40))]);
    const [core, ...others] = lock.components;
    const patch = { tree: 'f'.repeat(40), from: '/home/x', because: 'a fix' };
    const patched = { ...lock, components: [{ ...core!, patch }, ...others] };
    expect(layerSpecs({ lock: patched, sizes: new Map(), entry: '' }).at(-1)!.content).toMatchObject({
      kind: 'delta',
      foreign: ['vendor', 'extensions/Cite'],
    });
  });
});
