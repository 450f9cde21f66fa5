/** Pages are read on other machines: none may name a folder of the one on which it was written. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { markdownFiles } from './check-links.ts';

const OURS = /(?<![\w.~-])\/(?:work|root|home\/\w+|Users\/\w+|tmp\/w)(?:\/|\b)[^\s`)"']*/g;

export function machinePaths(root: string): string[] {
  return markdownFiles(root).flatMap((file) =>
    Array.from(
      readFileSync(file, 'utf8').matchAll(OURS),
      (match) => `${relative(root, file)}: names ${match[0]}, a path of one machine`,
    ),
  );
}
