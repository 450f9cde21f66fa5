import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeDelta, type MountedEntry, type TreeDelta } from '../../../../src/build/layers/delta.ts';
import { parents } from '../../../../src/build/layers/paths.ts';

type Tree = Readonly<Record<string, string>>;

function entries(tree: Tree, mount = ''): MountedEntry[] {
  const mounted = { name: 'core', url: 'u', commit: 'c', ref: 'r', tree: 't', path: mount };
  return Object.entries(tree).map(([path, content]) => {
    const at = mount === '' ? path : `${mount}/${path}`;
    return { mounted, path: at, entry: { mode: '100644', path, oid: content, bytes: content.length } };
  });
}

const deltaOf = (base: Tree, patched: Tree, foreign: readonly string[] = []): TreeDelta =>
  treeDelta({ before: entries(base), after: entries(patched), foreign });

/** What an engine does with a layer on lower ones: whiteouts remove files and folders, then files replace what is there. */
function stack(lower: Tree, { changed, removed }: TreeDelta): Tree {
  const result = new Map(Object.entries(lower));
  const clear = (path: string): void => {
    for (const other of [...result.keys()]) if (other === path || other.startsWith(`${path}/`)) result.delete(other);
  };
  for (const path of removed) clear(path);
  for (const { path, entry } of changed) {
    for (const folder of parents(path)) result.delete(folder);
    clear(path);
    result.set(path, entry.oid);
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
        expect(stack(base, deltaOf(base, patched))).toEqual(patched);
      }),
      { numRuns: 2000 },
    );
  });

  it('holds nothing that is the same in both', () => {
    fc.assert(
      fc.property(tree, tree, (base, patched) => {
        const { changed, removed } = deltaOf(base, patched);
        for (const { path: one, entry } of changed) expect(base[one]).not.toBe(entry.oid);
        for (const one of removed)
          expect(Object.keys(patched).some((p) => p === one || p.startsWith(`${one}/`))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('removes a folder that is gone at once', () => {
    expect(deltaOf({ 'docs/a': '1', 'docs/b/c': '1', x: '1' }, { x: '1' }).removed).toEqual(['docs']);
  });

  it('never touches the folders where other components are mounted', () => {
    fc.assert(
      fc.property(tree, tree, tree, (base, patched, other) => {
        const foreign = Object.fromEntries(Object.entries(other).map(([one, id]) => [`a/b/${one}`, id]));
        const clash = [...Object.keys(base), ...Object.keys(patched)].some((one) => one === 'a' || one === 'a/b');
        fc.pre(!clash);
        const own = (files: Tree): Tree =>
          Object.fromEntries(Object.entries(files).filter(([one]) => !one.startsWith('a/b/')));
        const stacked = stack({ ...own(base), ...foreign }, deltaOf(own(base), own(patched), ['a/b']));
        expect(stacked).toEqual({ ...own(patched), ...foreign });
      }),
      { numRuns: 1000 },
    );
  });

  it('sees a file that only became executable', () => {
    const [before] = entries({ run: '1' });
    const after = { ...before!, entry: { ...before!.entry, mode: '100755' as const } };
    expect(treeDelta({ before: [before!], after: [after], foreign: [] }).changed).toHaveLength(1);
  });

  it('removes a mount that is gone, and nothing above it', () => {
    const before = entries({ 'a.php': '1', 'src/b.php': '2' }, 'extensions/Cite');
    expect(treeDelta({ before, after: [], foreign: [] }).removed).toEqual(['extensions/Cite']);
  });
});
