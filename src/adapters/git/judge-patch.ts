/** What an embargoed patch may not do: leave its component, make links that do, change submodules, fill the memory. */
import { posix } from 'node:path';
import type { PatchProblem } from '../../resolve/ports.ts';

const MOST_UNPACKED = 100_000_000;

/** Of a binary file in it: git would take memory for all that it says. */
export function unpacksTooMuch(text: string): boolean {
  return [...text.matchAll(/^(?:literal|delta) (\d+)\r?$/gm)].some(([, bytes]) => Number(bytes) > MOST_UNPACKED);
}

/** By the paths that git reads in it, and those that it renames and copies. */
export function judgePatch(files: readonly string[], text: string): PatchProblem | undefined {
  if (files.length === 0) return 'no patch in it';
  const sources = [...text.matchAll(/^(?:rename|copy) from (.*)$/gm)].map(([, path = '']) => path.replace(/^"/, ''));
  return [...files, ...sources].some(leaves) ? 'leaves the component' : undefined;
}

function leaves(path: string): boolean {
  return path.startsWith('/') || path.split('/').some((part) => part === '..' || /^\.git$/i.test(part));
}

interface Readable {
  readonly tree: string;
  readonly run: (args: readonly string[]) => Promise<{ readonly stdout: string }>;
}

/** By what it made of the tree. */
export async function judgeTree({ tree, run }: Readable, after: string): Promise<PatchProblem | undefined> {
  const listed = await run(['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', tree, after]);
  const fields = listed.stdout.split('\0');
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before = '', mode, , oid = ''] = (fields[at] ?? '').slice(1).split(' ');
    if (before === '160000' || mode === '160000') return 'changes a submodule';
    if (mode !== '120000') continue;
    const { stdout: target } = await run(['cat-file', 'blob', oid]);
    if (linkLeaves(fields[at + 1] ?? '', target)) return 'makes a link that leaves';
  }
  return undefined;
}

/** A `..` after a name could go up from where another link leads: only leading ones are what they look like. */
function linkLeaves(path: string, target: string): boolean {
  if (target.startsWith('/') || /(?:^|\/)(?!\.\.?(?:\/|$))[^/]+\/(?:.*\/)?\.\.(?:\/|$)/.test(target)) return true;
  return leaves(posix.normalize(posix.join(posix.dirname(path), target)));
}
