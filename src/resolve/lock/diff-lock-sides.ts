/** Which two locks are meant: files, sets, or revisions of the workspace: `HEAD~1`, `wmf.15`, `v2:tarball`. */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { systemCodeOf } from '../../kernel/error.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { GitHistory } from '../ports.ts';
import { knownSets } from '../sets/set-file.ts';
import { lockFile, parseLockfile, type Lockfile } from './lockfile.ts';
import { readLock } from './read-lock.ts';

export interface SidesRequest {
  /** Folder of the workspace. */
  readonly root: string;
  /** Where relative paths start. */
  readonly cwd: string;
  readonly a: string;
  readonly b?: string;
  /** The set that a bare revision means. */
  readonly set: string;
}

interface LockSide {
  readonly name: string;
  readonly lock: Lockfile;
}

/**
 * Without `b`, the lock in the work tree; a set alone is its last committed lock against that.
 * @returns fails with `lock/missing`, `lock/not-in-revision`, `lock/no-such-side`, `git/*`, and as `parseLockfile` does
 */
export async function readSides(
  request: SidesRequest,
  history: GitHistory,
): Promise<Outcome<{ readonly before: LockSide; readonly after: LockSide }>> {
  const sets = await knownSets(request.root);
  const one = sideOf(request.a, request, sets);
  const [first, second] = request.b === undefined ? alone(one, request.set) : [one, sideOf(request.b, request, sets)];
  const [before, after] = await Promise.all([first, second].map((side) => readSide(side, { request, history, sets })));
  if (before?.ok === true && after?.ok === true) return ok({ before: before.value, after: after.value });
  const wrong = [before, after].flatMap((side) => (side === undefined || side.ok ? [] : side.diagnostics));
  return settle(undefined as never, wrong);
}

type Side =
  | { readonly kind: 'file'; readonly name: string; readonly file: string }
  | { readonly kind: 'set'; readonly set: string }
  | { readonly kind: 'revision'; readonly revision: string; readonly set: string };

function sideOf(text: string, { cwd, set }: SidesRequest, sets: readonly string[]): Side {
  if (/\.ya?ml$/.test(text)) return { kind: 'file', name: text, file: resolve(cwd, text) };
  if (sets.includes(text)) return { kind: 'set', set: text };
  const at = /^(.+):([^:/]+)$/.exec(text);
  return { kind: 'revision', revision: at?.[1] ?? text, set: at?.[2] ?? set };
}

function alone(side: Side, set: string): [Side, Side] {
  if (side.kind === 'file') return [side, { kind: 'set', set }];
  const now: Side = { kind: 'set', set: side.set };
  return [side.kind === 'set' ? { kind: 'revision', revision: 'HEAD', set: side.set } : side, now];
}

interface Reading {
  readonly request: SidesRequest;
  readonly history: GitHistory;
  readonly sets: readonly string[];
}

async function readSide(side: Side, reading: Reading): Promise<Outcome<LockSide>> {
  switch (side.kind) {
    case 'file':
      return named(side.name, await readFileOf(side));
    case 'set':
      return named(side.set, await readLock(reading.request.root, side.set));
    case 'revision':
      return named(`${side.revision}:${side.set}`, await readRevision(side, reading));
  }
}

function named(name: string, lock: Outcome<Lockfile>): Outcome<LockSide> {
  return lock.ok ? ok({ name, lock: lock.value }) : lock;
}

async function readFileOf({ name, file }: Side & { readonly kind: 'file' }): Promise<Outcome<Lockfile>> {
  try {
    return parseLockfile(file, await readFile(file, 'utf8'));
  } catch (thrown) {
    const why = systemCodeOf(thrown) === 'ENOENT' ? 'there is no file' : 'nobody can read the file';
    return fail({
      code: 'lock/missing',
      message: `${why} ${quote(name)}`,
      hint: 'name a lock: extension-sets/demo.lock.yaml',
    });
  }
}

async function readRevision(
  { revision, set }: Side & { readonly kind: 'revision' },
  { request, history, sets }: Reading,
): Promise<Outcome<Lockfile>> {
  const path = join('extension-sets', basename(lockFile('', set)));
  const text = await history.fileAt({ folder: request.root, revision, path });
  if (!text.ok) return noSuchSide(revision, { problem: text.diagnostics[0], sets });
  if (text.value !== undefined) return parseLockfile(`${revision}:${path}`, text.value);
  const near = nearest(set, sets);
  return fail({
    code: 'lock/not-in-revision',
    message: `${quote(revision)} has no ${path}`,
    hint:
      sets.includes(set) || near === undefined
        ? `it was committed later; --set names another set`
        : `did you mean ${revision}:${near}?`,
  });
}

/** A word that is no revision may be a misspelt set. */
function noSuchSide(
  word: string,
  { problem, sets }: { readonly problem: Diagnostic; readonly sets: readonly string[] },
): Outcome<never> {
  if (problem.code !== 'git/no-such-revision') return fail(problem);
  const near = nearest(word, sets);
  return fail({
    code: 'lock/no-such-side',
    message: `${quote(word)} is neither a set, nor a lock file, nor a revision of this workspace`,
    hint:
      near === undefined ? `sets: ${sets.join(', ') || 'none'}; revisions: git log --oneline` : `did you mean ${near}?`,
  });
}
