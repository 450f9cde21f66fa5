/** What `git diff` prints, as data: which files, and which lines of them. */
import type { ChangedFile, Hunk } from '../../resolve/ports.ts';

/**
 * @param raw of `git diff --raw -z -M`: `:100644 100644 <oid> <oid> R087\0old\0new\0`
 * @param patch of `git diff -U0 -M` with the same arguments: one section a file, in the same order
 */
export function parseDiff(raw: string, patch: string): ChangedFile[] {
  const sections = patch.split(/^(?=diff --git )/m).filter((section) => section.startsWith('diff --git '));
  const fields = raw.split('\0');
  const files: ChangedFile[] = [];
  for (let at = 0; (fields[at] ?? '').startsWith(':');) {
    const letter = (fields[at] ?? '').split(' ')[4]?.charAt(0) ?? 'M';
    const renamed = letter === 'R';
    const paths = fields.slice(at + 1, at + (renamed ? 3 : 2));
    at += 1 + paths.length;
    // A file that became a link is printed as its removal and its addition.
    const own = sections.splice(0, letter === 'T' ? 2 : 1);
    const [oldPath = '', newPath = oldPath] = paths;
    const hunks = letter === 'T' ? [] : hunksOf(own[0] ?? '');
    files.push({ path: newPath, status: statusOf(letter), ...(renamed ? { oldPath } : {}), hunks });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function statusOf(letter: string): ChangedFile['status'] {
  return letter === 'A' || letter === 'D' || letter === 'R' ? letter : 'M';
}

function hunksOf(section: string): Hunk[] {
  return [...section.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map((found) => ({
    oldStart: Number(found[1]),
    oldLines: Number(found[2] ?? 1),
    newStart: Number(found[3]),
    newLines: Number(found[4] ?? 1),
  }));
}
