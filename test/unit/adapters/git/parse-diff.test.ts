import { expect, it } from 'vitest';
import { parseDiff } from '../../../../src/adapters/git/parse-diff.ts';

const raw = (...records: string[]) => records.map((record) => record.replaceAll(' | ', '\0') + '\0').join('');
const meta = ':100644 100644 aaaaaaa bbbbbbb';

it('keeps files and their lines together across renames, links and binaries', () => {
  const records = raw(
    `${meta} M | a.php`,
    `${meta} R087 | old.php | new.php`,
    `${meta} T | link`,
    `${meta} M | logo.png`,
    `${meta} A | z.php`,
  );
  const patch = [
    'diff --git a/a.php b/a.php\n--- a/a.php\n+++ b/a.php\n@@ -3 +3,2 @@ function a() {\n-x\n+y\n+diff --git is text here\n',
    'diff --git a/old.php b/new.php\nsimilarity index 87%\nrename from old.php\nrename to new.php\n@@ -10,0 +11 @@\n+y\n',
    'diff --git a/link b/link\ndeleted file mode 100644\n@@ -1 +0,0 @@\n-x\n',
    'diff --git a/link b/link\nnew file mode 120000\n@@ -0,0 +1 @@\n+target\n',
    'diff --git a/logo.png b/logo.png\nBinary files a/logo.png and b/logo.png differ\n',
    'diff --git a/z.php b/z.php\nnew file mode 100644\n@@ -0,0 +1,2 @@\n+1\n+2\n',
  ].join('');
  expect(parseDiff(records, patch)).toEqual([
    { path: 'a.php', status: 'M', hunks: [{ oldStart: 3, oldLines: 1, newStart: 3, newLines: 2 }] },
    { path: 'link', status: 'M', hunks: [] },
    { path: 'logo.png', status: 'M', hunks: [] },
    {
      path: 'new.php',
      status: 'R',
      oldPath: 'old.php',
      hunks: [{ oldStart: 10, oldLines: 0, newStart: 11, newLines: 1 }],
    },
    { path: 'z.php', status: 'A', hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2 }] },
  ]);
});

it('reads a diff without files', () => {
  expect(parseDiff('', '')).toEqual([]);
});
