/**
 * Files of a commit as a folder of the cache, by the ids of their trees: made beside its place and renamed into it, checked
 * against its sums each time, and the ones that were not used for longest are removed.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../kernel/clock.ts';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { sha256 } from '../../kernel/digest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { guardDisk, writeAtomically } from '../../kernel/write-atomically.ts';
import type { CommitWish, OverlaysAt } from '../../config/git-ports.ts';
import { explain } from './explain.ts';
import type { Environment, GitResult } from './git-process.ts';

/** So many are kept: a history that is searched by halves needs less. */
const MOST_KEPT = 24;

/** git in the folder that `paths` are relative to. */
export interface Asking {
  readonly root: string;
  readonly paths: readonly string[];
  readonly run: (args: readonly string[], env?: Environment, input?: string) => Promise<GitResult>;
}

interface CommitFolders {
  of(asking: Asking, wish: Pick<CommitWish, 'commit' | 'submodules'>): Promise<Outcome<OverlaysAt>>;
}

export function commitFolders(cache: string): CommitFolders {
  const place = join(cache, 'config', 'commits');
  return {
    of: async (asking, wish) => {
      const { commit } = wish;
      const listed = await entriesOf(asking, wish);
      if (!listed.ok) return listed;
      const root = join(place, sha256(listed.value.text).slice('sha256:'.length, 'sha256:'.length + 32));
      if (!(await isWhole(root))) {
        const made = await guardDisk(root, () => make(root, asking, listed.value.entries));
        if (!made.ok) return made;
      }
      await touch(root);
      await prune(place, root);
      return ok({ commit, root });
    },
  };
}

const SUBMODULE = '160000';

interface Entry {
  readonly mode: string;
  readonly id: string;
  /** From `root`. */
  readonly path: string;
}

async function entriesOf(
  { run, root, paths }: Asking,
  { commit, submodules }: Pick<CommitWish, 'commit' | 'submodules'>,
): Promise<Outcome<{ text: string; entries: Entry[] }>> {
  const listed = await run(['ls-tree', '-r', '-z', commit, '--', ...paths]);
  if (listed.code !== 0) return fail(explain(listed.stderr, root));
  const all = listed.stdout.split('\0').flatMap((line): Entry[] => {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return mode === undefined || id === undefined || path === undefined ? [] : [{ mode, id, path }];
  });
  const entries = all.filter(({ mode }) => mode !== SUBMODULE);
  const module = all.find(({ mode }) => mode === SUBMODULE);
  if (module !== undefined && submodules === undefined) return fail(submodule(module.path, commit));
  return entries.length === 0 ? fail(notThere(paths, commit)) : ok({ text: listed.stdout, entries });
}

/** Through an index of its own, so that attributes hold as they do in a work tree. */
async function make(root: string, { run, root: from }: Asking, entries: readonly Entry[]): Promise<Outcome<void>> {
  const part = `${root}.${randomUUID()}.part`;
  // In a folder below the top git would write only what is below that folder.
  const top = (await run(['rev-parse', '--show-toplevel'])).stdout.trim();
  const env = { GIT_INDEX_FILE: `${part}.index` };
  await mkdir(part, { recursive: true });
  try {
    const lines = entries.map(({ mode, id, path }) => `${mode} ${id}\t${path}\0`).join('');
    const indexed = await run(['-C', top, 'update-index', '-z', '--index-info'], env, lines);
    const written =
      indexed.code === 0 ? await run(['-C', top, 'checkout-index', '--all', `--prefix=${part}/`], env) : indexed;
    if (written.code !== 0) return fail(explain(written.stderr, from));
    await rm(root, { recursive: true, force: true });
    await writeAtomically(`${root}.sums`, await sumsOf(part));
    // Another run may have been quicker: its folder has the same bytes.
    await rename(part, root).catch(async (cause: unknown) => {
      if (!(await isWhole(root))) throw cause;
    });
    return ok();
  } finally {
    await rm(part, { recursive: true, force: true });
    await rm(env.GIT_INDEX_FILE, { force: true });
  }
}

async function isWhole(root: string): Promise<boolean> {
  const sums = await readFile(`${root}.sums`, 'utf8').catch(() => undefined);
  return sums !== undefined && sums === (await sumsOf(root).catch(() => undefined));
}

async function sumsOf(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return `${path.slice(root.length)} ${sha256(entry.isSymbolicLink() ? await readlink(path) : await readFile(path))}\n`;
      }),
  );
  return lines.sort().join('');
}

async function touch(root: string): Promise<void> {
  const now = systemClock.now() / 1000;
  await utimes(`${root}.sums`, now, now);
}

async function prune(place: string, kept: string): Promise<void> {
  const sums = (await readdir(place)).filter((name) => name.endsWith('.sums')).map((name) => join(place, name));
  const aged = await Promise.all(sums.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
  for (const { file } of aged.sort((a, b) => b.at - a.at).slice(MOST_KEPT)) {
    const root = file.slice(0, -'.sums'.length);
    if (root === kept) continue;
    await rm(file, { force: true });
    await rm(root, { recursive: true, force: true });
  }
}

function submodule(path: string, commit: string): Diagnostic {
  return {
    code: 'config/submodule',
    message: `${path} of ${commit.slice(0, 12)} is a submodule: its files are in another repo`,
    hint: 'overlays are files of the workspace’s own repo; copy them in',
  };
}

function notThere(paths: readonly string[], commit: string): Diagnostic {
  return {
    code: 'config/not-in-commit',
    message: `${commit.slice(0, 12)} has none of ${paths.map(quote).join(', ')}`,
    hint: 'was that before the overlays were added?',
  };
}
