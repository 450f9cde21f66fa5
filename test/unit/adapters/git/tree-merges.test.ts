import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openGit } from '../../../../src/adapters/git/index.ts';
import { parseConflicts } from '../../../../src/adapters/git/tree-merges.ts';

const oid = '1'.repeat(40);

it('reads which files conflict, of what kind, and passes over what was merged', () => {
  const output = [
    oid,
    `100644 ${oid} 1\ta b.php`,
    `100644 ${oid} 2\ta b.php`,
    `100644 ${oid} 1\tgone.php`,
    '',
    ...['1', 'fine.php', 'Auto-merging', 'Auto-merging fine.php\n'],
    ...['1', 'a b.php', 'CONFLICT (contents)', 'CONFLICT (content): Merge conflict in a b.php\n'],
    ...['2', 'gone.php', 'new.php', 'CONFLICT (rename/delete)', 'renamed here, deleted there\n'],
    '',
  ].join('\0');
  expect(parseConflicts(output)).toEqual([
    { path: 'a b.php', kind: 'contents', message: 'CONFLICT (content): Merge conflict in a b.php' },
    { path: 'gone.php', kind: 'rename/delete', message: 'renamed here, deleted there' },
  ]);
});

it('names a conflicted file that no message is about', () => {
  expect(parseConflicts([oid, `100644 ${oid} 1\tx`, '', ''].join('\0'))).toEqual([
    { path: 'x', kind: 'conflict', message: '' },
  ]);
});

it('says that git is too old to merge without a work tree', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-old-git-'));
  // What git 2.30 does with these.
  const script = `#!/bin/sh
case "$*" in
  version) echo 'git version 2.30.2' ;;
  *init*) for last in "$@"; do :; done; mkdir -p "$last/objects"; echo > "$last/HEAD" ;;
  *commit-tree*) echo ${oid} ;;
  *merge-tree*) echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129 ;;
esac
`;
  await writeFile(join(folder, 'git'), script);
  await chmod(join(folder, 'git'), 0o755);
  const { merges } = openGit({
    cache: join(folder, 'cache'),
    mirrors: [],
    environment: { PATH: `${folder}:/bin:/usr/bin` },
  });
  const tree = (digit: string): string => digit.repeat(40);
  const merged = await merges.merge({ url: 'https://x/y', base: tree('1'), ours: tree('2'), theirs: tree('3') });
  await rm(folder, { recursive: true });
  expect(merged).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'git/too-old', message: "git 2.30.2 can't merge without a work tree" }],
  });
});
