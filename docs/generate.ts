/**
 * Writes docs/reference from the code: commands, files, events, diagnostics, exit codes. `--check` writes nothing and
 * fails where a page would change, a link leads nowhere, or a page names a path of the machine that it was written on.
 *
 * usage: node docs/generate.ts [--check]
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brokenLinks } from './generator/check-links.ts';
import { machinePaths } from './generator/check-paths.ts';
import { referencePages } from './generator/pages.ts';

type Pages = ReadonlyMap<string, string>;

if (import.meta.main) await main(join(import.meta.dirname, '..'));

async function main(root: string): Promise<void> {
  const folder = join(root, 'docs', 'reference');
  const pages = await referencePages(root);
  if (process.argv.includes('--check')) {
    report([...stalePages(pages, folder), ...brokenLinks(root), ...machinePaths(root)]);
  } else {
    writePages(pages, folder);
    process.stdout.write(`wrote ${pages.size} files to docs/reference\n`);
  }
}

function writePages(pages: Pages, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of pages) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** What `npm run docs` would change in `folder`. */
export function stalePages(pages: Pages, folder: string): string[] {
  const there = globSync('**/*.{md,json}', { cwd: folder });
  const gone = there.filter((name) => !pages.has(name)).map((name) => `${name}: nothing makes it any more`);
  const changed = [...pages].filter(([name, text]) => textOf(join(folder, name)) !== text);
  return [...gone, ...changed.map(([name]) => `${name}: out of date`)]
    .sort()
    .map((problem) => `docs/reference/${problem}; npm run docs writes it`);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function report(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
