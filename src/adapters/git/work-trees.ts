/**
 * A developer's checkout as it is now. Everything goes through a scratch copy of the index, with new objects written
 * elsewhere: the user's index, work tree and object store are only read.
 */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Snapshot, WorkTreeChanges, WorkTreeIdentity, WorkTrees } from '../../resolve/ports.ts';
import { gitClient } from './client.ts';
import { explain, notARepo } from './explain.ts';
import { treeOf } from './kept-commits.ts';
import type { Environment, GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';
import { parseDiff } from './parse-diff.ts';

export function workTrees(mirrors: Mirrors, git: GitProcesses): WorkTrees {
  return {
    identify: async (folder) => {
      const root = await topOf(folder, git);
      return root === undefined ? fail(notARepo(folder)) : ok(await identityOf(root, git));
    },
    snapshot: async (folder, into) => {
      const checkout = await openCheckout(folder, git);
      return checkout.ok ? snapshotInto(checkout.value, { url: into, mirrors, git }) : checkout;
    },
    changes: async (folder, base) => {
      const checkout = await openCheckout(folder, git);
      return checkout.ok ? changesSince(checkout.value, base, git) : checkout;
    },
  };
}

interface Checkout {
  readonly root: string;
  readonly head: string;
  readonly index: string;
  readonly objects: string;
}

async function openCheckout(folder: string, git: GitProcesses): Promise<Outcome<Checkout>> {
  const root = await topOf(folder, git);
  if (root === undefined) return fail(notARepo(folder));
  const head = await ask(git, root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head === undefined) {
    return fail({
      code: 'git/no-commit',
      message: `${quote(root)} has no commit yet`,
      hint: 'clone the repo, or commit something first',
    });
  }
  const [index = '', objects = ''] = ((await ask(git, root, PLACES)) ?? '').split('\n');
  return ok({ root, head, index: resolve(root, index), objects: resolve(root, objects) });
}

const PLACES = ['rev-parse', '--git-path', 'index', '--git-path', 'objects'] as const;

async function topOf(folder: string, git: GitProcesses): Promise<string | undefined> {
  return ask(git, folder, ['rev-parse', '--show-toplevel']);
}

async function identityOf(root: string, git: GitProcesses): Promise<WorkTreeIdentity> {
  const upstream = await ask(git, root, ['rev-parse', '--abbrev-ref', '--symbolic-full-name', '@{upstream}']);
  const remote = upstream?.includes('/') === true ? upstream.slice(0, upstream.indexOf('/')) : 'origin';
  const remoteUrl = await ask(git, root, ['config', '--get', `remote.${remote}.url`]);
  return { root, remoteUrl, registered: await registeredName(root) };
}

async function registeredName(root: string): Promise<string | undefined> {
  for (const file of ['extension.json', 'skin.json']) {
    try {
      const manifest: unknown = JSON.parse(await readFile(join(root, file), 'utf8'));
      if (typeof manifest !== 'object' || manifest === null || !('name' in manifest)) continue;
      if (typeof manifest.name === 'string') return manifest.name;
    } catch {
      continue; // absent, or broken while it is being edited
    }
  }
  return undefined;
}

interface Destination {
  readonly url: string;
  readonly mirrors: Mirrors;
  readonly git: GitProcesses;
}

async function snapshotInto(checkout: Checkout, { url, mirrors, git }: Destination): Promise<Outcome<Snapshot>> {
  const mirror = await mirrors.open(url);
  const { root, head } = checkout;
  if ((await treeOf(mirror, head, git)) === undefined) {
    const from = [pathToFileURL(root).href, `HEAD:refs/mwpipe/${head}`];
    const copied = await git.run({ args: ['-C', mirror, 'fetch', '-q', '--no-tags', '--depth=1', ...from] });
    if (copied.code !== 0) return fail(explain(copied.stderr, root));
  }
  const objects = { GIT_OBJECT_DIRECTORY: join(mirror, 'objects') };
  const tree = await withScratchIndex(checkout, { git, objects }, (env) =>
    ask(git, { cwd: root, env }, ['write-tree']),
  );
  if (!tree.ok) return tree;
  const branch = await ask(git, root, ['symbolic-ref', '--short', '--quiet', 'HEAD']);
  const { remoteUrl } = await identityOf(root, git);
  return ok({ head, tree: tree.value, branch, remoteUrl });
}

/** A scratch index that holds the work tree as `git add --all` would, for `use`; removed afterwards. */
async function withScratchIndex(
  checkout: Checkout,
  tools: { readonly git: GitProcesses; readonly objects: Environment },
  use: (env: Environment) => Promise<string | undefined>,
): Promise<Outcome<string>> {
  const scratch = await mkdtemp(join(tmpdir(), 'mwpipe-index-'));
  const env = { GIT_OPTIONAL_LOCKS: '0', ...tools.objects, GIT_INDEX_FILE: join(scratch, 'index') };
  const run = (args: readonly string[]) => tools.git.run({ cwd: checkout.root, args: [...NO_MONITOR, ...args], env });
  try {
    // The copy knows which files are as git last saw them, so that only the others are read.
    await copyFile(checkout.index, env.GIT_INDEX_FILE).catch(() => undefined);
    const reset = await run(['read-tree', '--reset', checkout.head]);
    const added = reset.code === 0 ? await run(['add', '--all', '--', '.']) : reset;
    if (added.code !== 0) return fail(explain(added.stderr, checkout.root));
    const value = await use(env);
    return value === undefined ? fail(explain('fatal: the work tree changed meanwhile', checkout.root)) : ok(value);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const NO_MONITOR = ['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'] as const;

async function changesSince(
  checkout: Checkout,
  base: string | undefined,
  git: GitProcesses,
): Promise<Outcome<WorkTreeChanges>> {
  const found = await findBase(checkout, base, git);
  if (!found.ok) return found;
  const scratch = await mkdtemp(join(tmpdir(), 'mwpipe-objects-'));
  const objects = { GIT_OBJECT_DIRECTORY: scratch, GIT_ALTERNATE_OBJECT_DIRECTORIES: checkout.objects };
  const diffs = { raw: '', patch: '', uncommitted: '' };
  try {
    const done = await withScratchIndex(checkout, { git, objects }, async (env) => {
      const client = gitClient(git, { folder: checkout.root, env });
      const against = ['diff', '--cached', '--no-ext-diff', '--no-textconv', '--no-color', '-M'];
      diffs.raw = await client.raw([...against, '--raw', '-z', found.value.commit, '--']);
      diffs.patch = await client.raw([...against, '-U0', '--patch', found.value.commit, '--']);
      diffs.uncommitted = await client.raw(['diff', '--cached', '--name-only', '--no-renames', '-z', 'HEAD', '--']);
      return '';
    });
    if (!done.ok) return done;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const uncommitted = diffs.uncommitted.split('\0').filter((path) => path !== '');
  const files = parseDiff(diffs.raw, diffs.patch);
  return ok({ root: checkout.root, base: found.value, head: checkout.head, files, uncommitted });
}

/** What was asked for, the branch's upstream, the remote's default: the first that there is, and where they parted. */
async function findBase(
  { root }: Checkout,
  base: string | undefined,
  git: GitProcesses,
): Promise<Outcome<{ readonly commit: string; readonly name: string }>> {
  const candidates = base === undefined ? ['@{upstream}', 'origin/HEAD', 'origin/master', 'origin/main'] : [base];
  for (const candidate of candidates.filter((name) => !name.startsWith('-'))) {
    const commit = await ask(git, root, ['merge-base', 'HEAD', candidate]);
    const name = await ask(git, root, ['rev-parse', '--abbrev-ref', candidate]);
    if (commit !== undefined) return ok({ commit, name: name === undefined || name === '' ? candidate : name });
  }
  return fail({
    code: 'git/no-base',
    message:
      base === undefined
        ? `nothing to compare ${quote(root)} with: its branch has no upstream, and there is no origin/master`
        : `${quote(base)} is no commit that ${quote(root)} has in common with its HEAD`,
    hint: 'git fetch origin, or name a base: --base REF',
  });
}

interface Place {
  readonly cwd: string;
  readonly env?: Environment;
}

/** Git's one answer; undefined where it has none. */
async function ask(git: GitProcesses, place: string | Place, args: readonly string[]): Promise<string | undefined> {
  const where = typeof place === 'string' ? { cwd: place } : place;
  const answer = await git.run({ ...where, args }).catch(() => undefined);
  return answer?.code === 0 ? answer.stdout.replace(/\n$/, '') : undefined;
}
