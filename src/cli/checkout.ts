/** The folder that mwpipe runs from: a checkout (`src/cli/..`) or an installed package (`dist/..`). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const checkoutRoot = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return from;
}
