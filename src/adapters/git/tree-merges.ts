/**
 * Three-way merges without a work tree: `git merge-tree --write-tree` over synthetic commits, inside a mirror. Nothing of
 * the machine's configuration gets in, so that the same trees give the same result elsewhere.
 */
import { ok, fail, type Outcome } from '../../kernel/outcome.ts';
import { MwpipeError } from '../../kernel/error.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { MergeConflict, TreeMerges } from '../../resolve/ports.ts';
import type { GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';

export function treeMerges(mirrors: Mirrors, git: GitProcesses): TreeMerges {
  return {
    merge: async ({ url, base, ours, theirs }) => {
      if (base === ours) return ok({ tree: theirs });
      if (base === theirs || ours === theirs) return ok({ tree: ours });
      return mergeIn(await mirrors.open(url), { base, ours, theirs }, git);
    },
    version: () => versionOf(git),
  };
}

/** No configuration of the user's or the machine's: renames, drivers and encodings would be theirs. */
const ALONE = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_ATTR_NOSYSTEM: '1' } as const;
/** The cache may belong to somebody else, as it does in containers; it is mwpipe's own all the same. */
const OWN_CACHE = ['-c', 'safe.directory=*', '-c', 'core.attributesFile=/dev/null'] as const;
const NOBODY = {
  GIT_AUTHOR_NAME: 'mwpipe',
  GIT_AUTHOR_EMAIL: 'mwpipe@localhost',
  GIT_AUTHOR_DATE: '1000000000 +0000',
  GIT_COMMITTER_NAME: 'mwpipe',
  GIT_COMMITTER_EMAIL: 'mwpipe@localhost',
  GIT_COMMITTER_DATE: '1000000000 +0000',
} as const;

interface MergeTrees {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

async function mergeIn(
  mirror: string,
  { base, ours, theirs }: MergeTrees,
  git: GitProcesses,
): Promise<Outcome<{ readonly tree: string } | { readonly conflicts: readonly MergeConflict[] }>> {
  const env = { ...ALONE, ...NOBODY };
  const run = (args: readonly string[]) => git.run({ args: ['-C', mirror, ...OWN_CACHE, ...args], env });
  const commit = async (tree: string, ...parents: readonly string[]): Promise<string> => {
    const made = await run(['commit-tree', '-m', 'mwpipe', ...parents.flatMap((id) => ['-p', id]), tree]);
    if (made.code !== 0) throw unmergeable(mirror, made.stderr);
    return made.stdout.trim();
  };
  // Before git 2.40 it takes no --merge-base: the base is the parent that both sides share.
  const root = await commit(base);
  const sides = [await commit(ours, root), await commit(theirs, root)];
  const merged = await run(['merge-tree', '--write-tree', '-z', '--messages', ...sides]);
  if (merged.code === 129) return fail(tooOld(await versionOf(git)));
  if (merged.code > 1) throw unmergeable(mirror, merged.stderr);
  const [tree = ''] = merged.stdout.split('\0', 1);
  return ok(merged.code === 0 ? { tree } : { conflicts: parseConflicts(merged.stdout) });
}

/**
 * `<tree>\0`, then `<mode> <oid> <stage>\t<path>\0` of each conflicted file, an empty field, then the messages, each
 * `<number of paths>\0<path>\0...<kind>\0<message>\0`.
 */
export function parseConflicts(output: string): MergeConflict[] {
  const fields = output.split('\0');
  const files = new Set<string>();
  let at = 1;
  for (; fields[at] !== undefined && fields[at] !== ''; at += 1) files.add((fields[at] ?? '').replace(/^[^\t]*\t/, ''));
  const conflicts: MergeConflict[] = [];
  for (at += 1; /^\d+$/.test(fields[at] ?? '');) {
    const count = Number(fields[at]);
    const [path = '', kind = '', message = ''] = [fields[at + 1], fields[at + 1 + count], fields[at + 2 + count]];
    at += 3 + count;
    const found = /^CONFLICT \((.+)\)$/.exec(kind)?.[1];
    if (found === undefined) continue; // "Auto-merging"
    conflicts.push({ path, kind: found, message: message.trim() });
    files.delete(path);
  }
  return [...conflicts, ...[...files].map((path) => ({ path, kind: 'conflict', message: '' }))];
}

async function versionOf(git: GitProcesses): Promise<string> {
  const said = await git.run({ args: ['version'] });
  return /(\d+\.\d+(?:\.\d+)*)/.exec(said.stdout)?.[1] ?? 'unknown';
}

function tooOld(version: string): Diagnostic {
  return {
    code: 'git/too-old',
    message: `git ${version} can't merge without a work tree`,
    hint: 'install git 2.38 or newer: Debian 12 and later have it',
    exit: 'outside',
  };
}

function unmergeable(mirror: string, said: string): MwpipeError {
  return new MwpipeError({
    code: 'git/unreadable',
    message: `git can't merge in ${mirror}: ${said.trim()}`,
    hint: 'the mirror may be damaged: remove the git folder of the cache, it is fetched anew',
    source: 'outside',
  });
}
