import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parents, treeDelta, type TreeDelta } from '../../../../src/build/layers/delta.ts';
import type { TreeEntry } from '../../../../src/resolve/index.ts';

type Tree = Readonly<Record<string, string>>;

function entries(tree: Tree): TreeEntry[] {
  return Object.entries(tree).map(([path, content]) => ({ mode: '100644', path, oid: content, bytes: content.length }));
}

/** What an engine does with a layer on lower ones: whiteouts remove files and folders, then files replace what is there. */
function stack(lower: Tree, { changed, removed }: TreeDelta): Tree {
  const result = new Map(Object.entries(lower));
  const clear = (path: string): void => {
    for (const other of [...result.keys()]) if (other === path || other.startsWith(`${path}/`)) result.delete(other);
  };
  for (const path of removed) clear(path);
  for (const { path, oid } of changed) {
    for (const folder of parents(path)) result.delete(folder);
    clear(path);
    result.set(path, oid);
  }
  return Object.fromEntries(result);
}

const segment = fc.constantFrom('a', 'b', 'c', 'd');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
/** Files only where no other file is a folder. */
const tree = fc
  .dictionary(path, fc.constantFrom('1', '2', '3'), { maxKeys: 12 })
  .map((files) => Object.fromEntries(Object.entries(files).filter(([one]) => !parents(one).some((p) => p in files))));

describe('the delta of two trees', () => {
  it('on top of the first gives the second', () => {
    fc.assert(
      fc.property(tree, tree, (base, patched) => {
        expect(stack(base, treeDelta(entries(base), entries(patched)))).toEqual(patched);
      }),
      { numRuns: 2000 },
    );
  });

  it('holds nothing that is the same in both', () => {
    fc.assert(
      fc.property(tree, tree, (base, patched) => {
        const { changed, removed } = treeDelta(entries(base), entries(patched));
        for (const { path: one, oid } of changed) expect(base[one]).not.toBe(oid);
        for (const one of removed)
          expect(Object.keys(patched).some((p) => p === one || p.startsWith(`${one}/`))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('removes a folder that is gone at once', () => {
    expect(treeDelta(entries({ 'docs/a': '1', 'docs/b/c': '1', x: '1' }), entries({ x: '1' })).removed).toEqual([
      'docs',
    ]);
  });

  it('never touches the folders where other components are mounted', () => {
    fc.assert(
      fc.property(tree, tree, tree, (base, patched, other) => {
        const foreign = Object.fromEntries(Object.entries(other).map(([one, id]) => [`a/b/${one}`, id]));
        const clash = [...Object.keys(base), ...Object.keys(patched)].some((one) => one === 'a' || one === 'a/b');
        fc.pre(!clash);
        const own = (files: Tree): Tree =>
          Object.fromEntries(Object.entries(files).filter(([one]) => !one.startsWith('a/b/')));
        const stacked = stack({ ...own(base), ...foreign }, treeDelta(entries(base), entries(patched), ['a/b']));
        expect(stacked).toEqual({ ...own(patched), ...foreign });
      }),
      { numRuns: 1000 },
    );
  });

  it('sees a file that only became executable', () => {
    const base = entries({ run: '1' });
    expect(treeDelta(base, [{ ...base[0]!, mode: '100755' }]).changed).toHaveLength(1);
  });
});
