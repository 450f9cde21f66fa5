/** git behind config's port: asked in the work tree where the overlays are; nothing of the user's is written. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { ConfigCommit, ConfigGit, ConfigSource } from '../../config/git-ports.ts';
import { commitFolders, type Asking } from './commit-folders.ts';
import { explain, noGit } from './explain.ts';
import { gitProcesses, type Environment } from './git-process.ts';

const PATHS = ['mwpipe.yaml', 'config-overlays'];

/** @param cache mwpipe's cache folder: commits are kept in `config/commits` below it */
export function configGit(options: { readonly cache: string; readonly environment: Environment }): ConfigGit {
  const git = gitProcesses(options.environment);
  const folders = commitFolders(options.cache);
  const open = (
    { root, paths = PATHS }: { readonly root: string; readonly paths?: readonly string[] },
    { signal }: { readonly signal: AbortSignal },
  ): Promise<Outcome<Asking>> =>
    opened({
      root,
      paths,
      run: (args, env, input) =>
        git.run({
          cwd: root,
          args,
          signal,
          ...(env === undefined ? {} : { env }),
          ...(input === undefined ? {} : { input }),
        }),
    });
  return {
    overlaysAt: async (wish, context) => {
      const asking = await open(wish, context);
      if (!asking.ok) return asking;
      const commit = await commitOf(asking.value, wish.commit);
      return commit.ok ? folders.of(asking.value, { ...wish, commit: commit.value }) : commit;
    },
    sourceOf: async (wish, context) => {
      const asking = await open(wish, context);
      return asking.ok ? sourceOf(asking.value, wish.branch) : asking;
    },
    commitsBetween: async (wish, context) => {
      const asking = await open(wish, context);
      if (!asking.ok) return asking;
      const from = await commitOf(asking.value, wish.from);
      const to = await commitOf(asking.value, wish.to);
      if (!from.ok) return from;
      return to.ok ? between(asking.value, from.value, to.value) : to;
    },
  };
}

async function opened(asking: Asking): Promise<Outcome<Asking>> {
  const inside = await asking.run(['rev-parse', '--is-inside-work-tree']);
  if (inside.code === 127) return fail(noGit());
  if (inside.code === 0 && inside.stdout.trim() === 'true') return ok(asking);
  return fail({
    code: 'git/not-a-repo',
    message: `${quote(asking.root)} is in no git work tree, so it has no commits`,
    hint: 'git init and commit there, or ask for what needs no commit',
  });
}

async function commitOf({ run, root }: Asking, named: string): Promise<Outcome<string>> {
  const found = await run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${named}^{commit}`]);
  if (found.code === 0) return ok(found.stdout.trim());
  const shallow = (await run(['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
  return fail({
    code: 'git/no-such-commit',
    message: `${quote(root)} has no commit ${quote(named)}`,
    hint: shallow
      ? 'this clone is shallow: git fetch --unshallow brings the rest'
      : 'git log names them; git fetch brings new ones',
  });
}

async function sourceOf(asking: Asking, branch: string | undefined): Promise<Outcome<ConfigSource>> {
  const { run, root, paths } = asking;
  const head = await run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.code !== 0) return fail(noCommit(root));
  const commit = head.stdout.trim();
  const status = await run(['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all', '--', ...paths]);
  if (status.code !== 0) return fail(explain(status.stderr, root));
  const changed = status.stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(3))
    .sort();
  const own = await run(['symbolic-ref', '--short', '--quiet', 'HEAD']);
  const source = {
    commit,
    clean: changed.length === 0,
    changed,
    ...(own.code === 0 ? { branch: own.stdout.trim() } : {}),
  };
  if (branch === undefined) return ok(source);
  const other = await commitOf(asking, branch);
  if (!other.ok) return other;
  const merged = await run(['merge-base', '--is-ancestor', commit, other.value]);
  return merged.code > 1 ? fail(explain(merged.stderr, root)) : ok({ ...source, merged: merged.code === 0 });
}

async function between({ run, root, paths }: Asking, from: string, to: string): Promise<Outcome<ConfigCommit[]>> {
  const log = await run(['log', '-z', '--format=%H %s', `${from}..${to}`, '--', ...paths]);
  if (log.code !== 0) return fail(explain(log.stderr, root));
  const lines = log.stdout.split('\0').filter((line) => line !== '');
  return ok(
    lines.map((line) => {
      const space = line.indexOf(' ');
      return { commit: line.slice(0, space), subject: line.slice(space + 1) };
    }),
  );
}

function noCommit(root: string): Diagnostic {
  return {
    code: 'git/no-commit',
    message: `${quote(root)} has no commit yet`,
    hint: 'commit something first',
  };
}
