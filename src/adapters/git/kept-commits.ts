/**
 * Which commits a mirror has whole, without asking git. Git writes `refs/mwpipe/<commit>` when it has checked that all
 * of the commit is there; beside it we note its tree, and how much of its history came along.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../kernel/write-atomically.ts';
import type { GitProcesses } from './git-process.ts';
import { IS_OID } from './ls-refs/index.ts';

/** Under which name git keeps it: the two never meet in one repo. */
type KeptAs = 'refs/mwpipe' | 'refs/mwpipe-trees';

export interface KeptCommit {
  readonly tree: string;
  /** 1 is the commit alone. */
  readonly depth: number;
}

export interface Kept {
  readonly mirror: string;
  readonly commit: string;
  readonly as: KeptAs;
}

const noteFile = z.object({ tree: z.string().regex(IS_OID), depth: z.number().int().min(1) });

/** Undefined where it isn't kept. Starts git only for one that was kept by an older mwpipe, or by one that was killed. */
export async function keptCommit(kept: Kept, git: GitProcesses): Promise<KeptCommit | undefined> {
  if (!(await isKept(kept))) return undefined;
  const noted = await readNote(kept);
  if (noted !== undefined) return noted;
  const tree = await treeOf(kept.mirror, kept.commit, git);
  return tree === undefined ? undefined : { tree, depth: 1 };
}

export async function noteCommit(kept: Kept, found: KeptCommit): Promise<void> {
  await writeAtomically(noteOf(kept), JSON.stringify(found));
}

export async function isKept({ mirror, commit, as }: Kept): Promise<boolean> {
  if ((await read(join(mirror, as, commit))) === `${commit}\n`) return true;
  const packed = await read(join(mirror, 'packed-refs'));
  return packed?.includes(`${commit} ${as}/${commit}\n`) === true;
}

export async function treeOf(mirror: string, commit: string, git: GitProcesses): Promise<string | undefined> {
  const found = await git.run({ args: ['-C', mirror, 'rev-parse', '--verify', '--quiet', `${commit}^{tree}`] });
  return found.code === 0 ? found.stdout.trim() : undefined;
}

async function readNote(kept: Kept): Promise<KeptCommit | undefined> {
  const text = await read(noteOf(kept));
  try {
    return text === undefined ? undefined : noteFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // a crash of the machine left it empty
  }
}

function noteOf({ mirror, commit, as }: Kept): string {
  return join(mirror, as === 'refs/mwpipe' ? 'mwpipe' : 'mwpipe-trees', commit);
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
