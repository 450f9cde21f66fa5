/**
 * Applies embargoed patches to a tree through a scratch index, with objects written where nobody else reads. Git gets
 * bytes and scratch paths only: no name of a patch stands in an argument, none of its words leaves but as a Secret.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { Secret } from '../../kernel/secret.ts';
import type { AppliedPatch, PatchMails } from '../../resolve/ports.ts';
import type { Environment, GitProcesses } from './git-process.ts';
import { judgePatch, judgeTree, unpacksTooMuch } from './judge-patch.ts';
import type { Mirrors } from './mirrors.ts';
import { makeRepo, type PrivateStore } from './private-store.ts';

export function patchMails(mirrors: Mirrors, store: PrivateStore, git: GitProcesses): PatchMails {
  return {
    apply: async ({ url, id, mails, keep }, { signal, clock }) => {
      const open = join(await mirrors.open(url), 'objects');
      const kept = keep ? await store.objects(url, open) : undefined;
      return store.scratch(clock.now(), async (folder) => {
        const bench = await openBench({ folder, id, open, kept }, { git, signal });
        return bench.ok ? ok(await applyAll(bench.value, mails)) : bench;
      });
    },
  };
}

/** Where one component's patches are worked on. */
interface Bench {
  readonly folder: string;
  /** The tree so far. */
  readonly tree: string;
  readonly run: (args: readonly string[], input?: Uint8Array) => Promise<GitSaid>;
}

interface GitSaid {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface BenchPlan {
  readonly folder: string;
  readonly id: string;
  /** Objects that everybody may read, and where new ones go if not away afterwards. */
  readonly open: string;
  readonly kept: string | undefined;
}

async function openBench(
  { folder, id, open, kept }: BenchPlan,
  tools: { readonly git: GitProcesses; readonly signal: AbortSignal },
): Promise<Outcome<Bench>> {
  const repo = join(folder, 'repo');
  await makeRepo(repo);
  await mkdir(join(folder, 'tmp'));
  const env = {
    ...unlogged(tools.git.environment),
    ...{ GIT_DIR: repo, GIT_INDEX_FILE: join(folder, 'index'), TMPDIR: join(folder, 'tmp') },
    ...(kept === undefined ? {} : { GIT_OBJECT_DIRECTORY: kept }),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(open),
  };
  const run: Bench['run'] = (args, input) =>
    tools.git.run({ args, cwd: folder, env, signal: tools.signal, ...(input === undefined ? {} : { input }) });
  const read = await run(['read-tree', id]);
  return read.code === 0 ? ok({ folder, tree: id, run }) : fail(noBase(read.code));
}

function noBase(code: number) {
  if (code === 127) {
    const hint = 'install it: apt-get install git';
    return { code: 'git/missing', message: 'there is no git on this machine', hint, exit: 'outside' } as const;
  }
  return {
    code: 'security/no-base',
    message: 'the files of a component, which patches go on top of, are not all here',
    hint: 'mwpipe resolve fetches them; a damaged mirror is made again when its folder of the cache is removed',
    exit: 'outside',
  } as const;
}

/** Neither the user's nor the machine's settings change what a patch does; none of git's traces sees it. */
function unlogged(environment: Environment): Environment {
  const names = Object.keys(environment).filter((name) => /^GIT_(?:TRACE|CONFIG|CURL_VERBOSE)/.test(name));
  return {
    ...Object.fromEntries(names.map((name) => [name, undefined])),
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    GIT_NO_LAZY_FETCH: '1',
  };
}

async function applyAll(bench: Bench, mails: readonly Secret<Buffer>[]) {
  const patches: AppliedPatch[] = [];
  let { tree } = bench;
  for (const mail of mails) {
    const failed = patches.some(({ status }) => status === 'failed');
    const tried = await tryMail({ ...bench, tree }, { mail: mail.reveal(), skip: failed });
    tree = tried.tree;
    patches.push(tried.patch);
  }
  return { tree, patches };
}

interface Tried {
  readonly tree: string;
  readonly patch: AppliedPatch;
}

async function tryMail(bench: Bench, { mail, skip }: { mail: Buffer; skip: boolean }): Promise<Tried> {
  const info = await bench.run(['mailinfo', '--no-scissors', '--quoted-cr=nowarn', 'message', 'patch'], mail);
  const opened = await openPatch(bench);
  const verdict = skip ? SKIPPED : (opened.verdict ?? (await tryPatch(bench)));
  const fallback = verdict.status === 'failed' && (await dropReturns(bench)) ? await retry(bench) : undefined;
  const { tree = bench.tree, said, ...patch } = fallback ?? verdict;
  const details = { subject: field(info.stdout, 'Subject'), author: authorOf(info.stdout), files: opened.files, said };
  return { tree, patch: { ...patch, details: new Secret(details) } };
}

function authorOf(info: string): string {
  return `${field(info, 'Author')} <${field(info, 'Email')}>`;
}

/** One of the lines that mailinfo prints: `Subject: ...`. */
function field(info: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(info)?.[1] ?? '';
}

interface Verdict extends Omit<AppliedPatch, 'details'> {
  /** Where it isn't what it was. */
  readonly tree?: string;
  readonly said: string;
}

const SKIPPED: Verdict = { status: 'skipped', said: '' };

/** What the patch in the folder touches; a verdict already where it must not be tried. */
async function openPatch({ folder, run }: Bench): Promise<{ files: readonly string[]; verdict?: Verdict }> {
  const text = await readFile(join(folder, 'patch'), 'latin1').catch(() => '');
  if (unpacksTooMuch(text)) return { files: [], verdict: { status: 'failed', problem: 'too large', said: '' } };
  const { stdout, stderr: said } = await run(['apply', '--numstat', '-z', 'patch']);
  const files = stdout.split('\0').flatMap((row) => (row === '' ? [] : [row.replace(/^[^\t]*\t[^\t]*\t/, '')]));
  const problem = judgePatch(files, text);
  return { files, ...(problem === undefined ? {} : { verdict: { status: 'failed', problem, said } }) };
}

/** A mail program may have added carriage returns, to the lines of headers too. @returns whether there were any */
async function dropReturns({ folder }: Bench): Promise<boolean> {
  const text = await readFile(join(folder, 'patch'), 'latin1').catch(() => '');
  if (!text.includes('\r\n')) return false;
  await writeFile(join(folder, 'patch'), text.replaceAll('\r\n', '\n'), 'latin1');
  return true;
}

/** @returns undefined where that doesn't help: then the patch is told as it came */
async function retry(bench: Bench): Promise<Verdict | undefined> {
  const { verdict } = await openPatch(bench);
  const tried = verdict ?? (await tryPatch(bench));
  return tried.status === 'failed' ? undefined : tried;
}

const APPLY = ['apply', '--cached', '--verbose', '--whitespace=nowarn'] as const;

/**
 * Forward first: a fix that is found twice does less harm than one that is taken for another. Only where git has no
 * common ancestor to compare with does the reverse decide that the fix is there.
 */
async function tryPatch(bench: Bench): Promise<Verdict> {
  const [index, before] = [join(bench.folder, 'index'), join(bench.folder, 'index.before')];
  await copyFile(index, before);
  const forward = await bench.run([...APPLY, '--3way', 'patch']);
  const written = forward.code === 0 ? await bench.run(['write-tree', '--missing-ok']) : forward;
  const tree = written.stdout.trim();
  const problem = written.code === 0 ? await judgeTree(bench, tree) : undefined;
  if (written.code === 0 && tree !== bench.tree && problem === undefined) {
    return { status: 'applied', tree, said: forward.stderr };
  }
  await copyFile(before, index);
  if (problem !== undefined) return { status: 'failed', problem, said: '' };
  return written.code === 0 ? { status: 'already applied', said: '' } : tryReverse(bench, forward.stderr);
}

async function tryReverse(bench: Bench, said: string): Promise<Verdict> {
  if (/invalid path|beyond a symbolic link/.test(said))
    return { status: 'failed', problem: 'leaves the component', said };
  if (/^error: (?:failed|unable) to read /m.test(said))
    return { status: 'failed', problem: 'its files are not here', said };
  const conflict: Verdict = { status: 'failed', problem: 'conflict', said };
  if (/^Applied patch to .* with conflicts\.$/m.test(said)) return conflict;
  const reverse = await bench.run([...APPLY, '--check', '--reverse', 'patch']);
  if (reverse.code !== 0) return conflict;
  const moved = / \(offset -?\d+ lines?\)/.test(reverse.stderr);
  return { status: 'already applied', ...(moved ? { moved: true } : {}), said: reverse.stderr };
}
