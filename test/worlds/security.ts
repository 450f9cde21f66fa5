/** Private patch trees for tests: patches as git format-patch writes them, in the layout that release engineers have. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GitWorld } from './git.ts';

interface PatchText {
  readonly repo: string;
  readonly branch?: string;
  readonly subject?: string;
  readonly author?: string;
  /** Further arguments of format-patch. */
  readonly format?: readonly string[];
}

/** Edits a clone, commits what changed there and never pushes it. @returns the patch as a mail */
export async function patchOf(
  world: GitWorld,
  text: string | PatchText,
  edit: (folder: string) => Promise<unknown>,
): Promise<string> {
  const {
    repo,
    branch = 'master',
    subject = 'A fix',
    author = 'A Developer <developer@world.example>',
    format = [],
  } = typeof text === 'string' ? { repo: text } : text;
  const folder = await world.checkout(repo, branch);
  await edit(folder);
  await world.git(folder, 'add', '--all');
  await world.git(folder, 'commit', '-q', '--author', author, '-m', subject);
  return `${await world.git(folder, 'format-patch', '-1', '--stdout', ...format)}\n`;
}

/** Writes a patch tree, for its owner alone. @param files by path below it */
export async function writePatchTree(root: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}
