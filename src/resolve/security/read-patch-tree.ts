/** Reads a private patch tree from disk: names first, then the bytes of what is taken. Follows no link. */
import { constants } from 'node:fs';
import { lstat, open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { systemCodeOf } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { Secret } from '../../kernel/secret.ts';
import { MOST_BYTES, type PatchTreeEntry } from './patch-tree.ts';
import { isVersionFolder } from './version-order.ts';

export interface PatchTree {
  /** As it was named. */
  readonly root: string;
  readonly entries: readonly PatchTreeEntry[];
  /** Everybody on this machine can read it. */
  readonly open: boolean;
  /** Folders on top that are named like no version. */
  readonly ignored: number;
}

/** Deeper than any submodule, more than any year of patches: what is beyond is no patch tree. */
const DEEPEST = 12;
const MOST_ENTRIES = 100_000;

/** @returns fails with `security/no-tree`, `security/unreadable`, `security/too-many-files` */
export async function readPatchTree(root: string): Promise<Outcome<PatchTree>> {
  try {
    const { mode } = await lstat(join(root, '.'));
    const top = await readdir(root, { withFileTypes: true });
    const folders = top.filter((one) => one.isDirectory() && !one.name.startsWith('.'));
    const versions = top.filter(({ name }) => isVersionFolder(name));
    const entries: PatchTreeEntry[] = [];
    for (const { name } of versions) await walk(root, name, entries);
    if (entries.length > MOST_ENTRIES) return fail(tooManyFiles(root));
    const ignored = folders.filter(({ name }) => !isVersionFolder(name)).length;
    return ok({ root, entries, open: (mode & 0o005) !== 0, ignored });
  } catch (cause) {
    return fail(treeProblem(root, systemCodeOf(cause)));
  }
}

async function walk(root: string, path: string, entries: PatchTreeEntry[]): Promise<void> {
  if (entries.length > MOST_ENTRIES) return;
  const found = await lstat(join(root, path));
  const deep = path.split('/').length > DEEPEST;
  const type = found.isSymbolicLink()
    ? 'symlink'
    : found.isFile()
      ? 'file'
      : found.isDirectory() && !deep
        ? 'folder'
        : 'other';
  entries.push({ path, type, bytes: found.size });
  if (type !== 'folder') return;
  for (const name of (await readdir(join(root, path))).sort()) await walk(root, `${path}/${name}`, entries);
}

/**
 * The bytes of one patch.
 * @returns fails with `security/unreadable`, `security/not-a-file`, `security/no-text`
 */
export async function readPatch(root: string, path: string): Promise<Outcome<Secret<Buffer>>> {
  let file: FileHandle | undefined;
  try {
    // Neither a link nor a pipe that was put there meanwhile is opened.
    file = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = await file.stat();
    if (size > MOST_BYTES) return fail(notText(path));
    const bytes = await file.readFile();
    return bytes.includes(0) ? fail(notText(path)) : ok(new Secret(bytes));
  } catch (cause) {
    return fail(unreadable(path, systemCodeOf(cause)));
  } finally {
    await file?.close();
  }
}

function treeProblem(root: string, code: string | undefined): Diagnostic {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      code: 'security/no-tree',
      message: `there is no patch tree at ${quote(root)}`,
      hint: 'name it with --patches DIR, or under "security: { patches: DIR }" in mwpipe.yaml',
    };
  }
  return {
    code: 'security/unreadable',
    message: `the patch tree can't be read (${code ?? 'unknown error'})`,
    hint: 'are you in the group that may? ls -ld shows whose it is',
    exit: 'refused',
  };
}

function unreadable(path: string, code: string | undefined): Diagnostic {
  return {
    code: 'security/unreadable',
    message: `a patch can't be read (${code ?? 'unknown error'})`,
    hint: 'are you in the group that may? ls -l shows whose it is (--reveal names it)',
    exit: code === 'EACCES' || code === 'EPERM' ? 'refused' : 'input',
    secret: new Secret(path),
  };
}

function notText(path: string): Diagnostic {
  return {
    code: 'security/no-text',
    message: 'a patch is no text',
    hint: 'git format-patch writes one, with binary files as text in it (--reveal names it)',
    exit: 'input',
    secret: new Secret(path),
  };
}

function tooManyFiles(root: string): Diagnostic {
  return {
    code: 'security/too-many-files',
    message: `the patch tree at ${quote(root)} has more than ${MOST_ENTRIES} files`,
    hint: 'is it the right folder?',
  };
}
