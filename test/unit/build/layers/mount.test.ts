import { describe, expect, it } from 'vitest';
import { checkEntries, checkLink, type MountedTree } from '../../../../src/build/layers/mount.ts';

const mounted: MountedTree = {
  name: 'Evil',
  url: 'https://example.test/Evil',
  commit: 'c'.repeat(40),
  ref: 'refs/heads/master',
  tree: 'a'.repeat(40),
  path: 'extensions/Evil',
};

const entry = (path: string) => ({ mode: '100644', path, oid: 'b'.repeat(40), bytes: 1 }) as const;

describe('the entries of a tree', () => {
  it.each([
    '../core.php',
    'a/../../b',
    '/etc/passwd',
    'a//b',
    './a',
    '.git/config',
    'sub/.GIT/hooks/x',
    '.wh.LocalSettings.php',
    'a/.wh..wh..opq',
    'a\0b',
    'a'.repeat(256),
    `${'a/'.repeat(32_768)}b`,
  ])('%j is refused, and says whose it is', (path) => {
    const { kept, unsafe } = checkEntries(mounted, [entry(path), entry('good.php')]);
    expect(kept.map((one) => one.path)).toEqual(['good.php']);
    expect(unsafe).toMatchObject([{ code: 'build/unsafe-path', exit: 'refused' }]);
    expect(unsafe[0]!.message).toContain('Evil');
  });

  it.each(['a.php', '.gitignore', '.github/x', 'a..b', '...', 'wh.x', 'ä/漢', 'new\nline', 'README', 'readme'])(
    '%j is kept',
    (path) => {
      expect(checkEntries(mounted, [entry(path)]).kept).toHaveLength(1);
    },
  );

  it('of submodules are left out, with a reason', () => {
    const { kept, skipped, unsafe } = checkEntries(mounted, [{ ...entry('extensions/X'), mode: '160000' }]);
    expect({ kept, unsafe }).toEqual({ kept: [], unsafe: [] });
    expect(skipped).toMatchObject([{ path: 'extensions/X' }]);
  });
});

describe('a link', () => {
  it.each(['../../../../../etc/passwd', 'x/../../../../../../y', '/..', ''])('to %j is refused', (target) => {
    expect(checkLink(mounted, { path: 'link', target })?.code).toBe('build/unsafe-path');
  });

  it.each(['../Cite/x.php', '../../../../etc/x', '/etc/mime.types', 'a/b'])(
    'to %j stays inside the image',
    (target) => {
      expect(checkLink(mounted, { path: 'link', target })).toBeUndefined();
    },
  );
});
