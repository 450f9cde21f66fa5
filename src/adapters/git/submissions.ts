/** Commits that mwpipe makes itself, with git's plumbing in the mirror, and their way to a remote. */
import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Submissions, SubmittedCommit, SubmittedFile } from '../../build/steps-ports.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { MwpipeError } from '../../kernel/error.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { checkRef, checkUrl } from '../../resolve/index.ts';
import type { Environment, GitProcesses } from './git-process.ts';
import { runNetwork } from './network-git.ts';
import type { Remotes } from './remotes.ts';

export function submissions(remotes: Remotes): Submissions {
  const { git, mirrors } = remotes;
  return {
    commit: async ({ url, parent, ...wanted }) => {
      const mirror = await mirrors.open(url, parent);
      const index = join(tmpdir(), `mwpipe-index-${randomUUID()}`);
      try {
        return await commitOn(parent, wanted, repoAt(git, { GIT_DIR: mirror, GIT_INDEX_FILE: index }));
      } finally {
        await rm(index, { force: true });
      }
    },
    push: async ({ url, from, commit, ref }, context) => {
      const safe = url.startsWith('/') ? ok(url) : checkUrl(url);
      if (!safe.ok) return safe;
      const named = checkRef(ref);
      if (!named.ok) return named;
      const mirror = await mirrors.open(from, commit);
      const args = ['--git-dir', mirror, 'push', '--porcelain', '--end-of-options', url, `${commit}:${ref}`];
      const pushed = await runNetwork(git, { ...(await remotes.network(context)), args });
      const said = [pushed.stdout, pushed.stderr].join('\n').trim();
      return pushed.code === 0 ? ok({ said }) : fail(refusedPush({ url, ref, said }));
    },
  };
}

type Repo = (args: readonly string[], input?: string | Uint8Array) => Promise<string>;

/** Git in one repo and one index; what it refuses there is no user's fault. */
function repoAt(
  git: GitProcesses,
  env: Environment,
): { readonly run: Repo; readonly identity: () => Promise<boolean> } {
  return {
    run: async (args, input) => {
      const done = await git.run({ args, env, ...(input === undefined ? {} : { input }) });
      if (done.code === 0) return done.stdout;
      const message = `git ${args[0] ?? ''} failed in the cache: ${done.stderr.trim()}`;
      throw new MwpipeError({
        code: 'git/broken',
        message,
        hint: 'mwpipe cache verify looks for damage',
        source: 'outside',
      });
    },
    identity: async () => (await git.run({ args: ['var', 'GIT_COMMITTER_IDENT'], env })).code === 0,
  };
}

interface Wanted {
  readonly files: readonly SubmittedFile[];
  readonly message: string;
  readonly changeId: boolean;
}

async function commitOn(
  parent: string,
  { files, message, changeId }: Wanted,
  { run, identity }: ReturnType<typeof repoAt>,
): Promise<Outcome<SubmittedCommit>> {
  if (!(await identity())) return fail(noIdentity());
  await run(['read-tree', parent]);
  const entries: string[] = [];
  for (const file of files) entries.push(await indexEntry(file, run));
  await run(['update-index', '-z', '--index-info'], entries.join(''));
  const tree = (await run(['write-tree'])).trim();
  const changed = parseNumstat(await run(['diff-tree', '-r', '-z', '--no-renames', '--numstat', parent, tree]));
  const trailer = changeId ? `\nChange-Id: I${sha1(`${tree} ${parent} ${message}`)}\n` : '';
  const commit = await run(['commit-tree', tree, '-p', parent, '-F', '-'], message + trailer);
  return ok({ commit: commit.trim(), files: changed });
}

/** Mode 0 takes a path out. */
async function indexEntry({ path, executable = false, content }: SubmittedFile, run: Repo): Promise<string> {
  if (content === undefined) return `0 ${'0'.repeat(40)}\t${path}\0`;
  const data = await content();
  if (data === undefined) throw new Error(`no content of ${path}`);
  const oid = (await run(['hash-object', '-w', '--stdin'], data)).trim();
  return `${executable ? '100755' : '100644'} ${oid}\t${path}\0`;
}

/** `12\t3\tpath\0`; `-` for binary files. */
function parseNumstat(text: string): SubmittedCommit['files'] {
  return text
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [added = '', removed = '', ...path] = line.split('\t');
      return { path: path.join('\t'), added: Number(added) || 0, removed: Number(removed) || 0 };
    });
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function noIdentity(): Diagnostic {
  return {
    code: 'git/no-identity',
    message: 'git does not know who you are, and a commit needs an author',
    hint: 'git config --global user.name "..." and user.email "..."',
  };
}

function refusedPush({
  url,
  ref,
  said,
}: {
  readonly url: string;
  readonly ref: string;
  readonly said: string;
}): Diagnostic {
  const lines = said
    .split('\n')
    .slice(-8)
    .map((line) => `\n    ${line}`);
  return {
    code: 'git/push-refused',
    message: `${url} did not take ${ref}:${lines.join('')}`,
    hint: 'may you push there? another place can be named with --push-to URL; nothing was forced',
    exit: 'outside',
  };
}
