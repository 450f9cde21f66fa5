/** Reads a checkout: which component of the lock it is, what changed since its base, and whether it can be run at all. */
import { join } from 'node:path';
import type { Diagnostic } from '../kernel/diagnostic.ts';
import { quote } from '../kernel/diagnostic.ts';
import { messageOf } from '../kernel/error.ts';
import { nearest } from '../kernel/nearest.ts';
import { fail, ok, settle, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { ChangedFile, GitObjects, LockedComponent, Lockfile, WorkTrees } from '../resolve/index.ts';
import { changedMessages, kindOf, type FileChange, type LineRange } from './changes.ts';
import { changedKeys } from './registration.ts';
import type { TreeIndex } from './read-index.ts';

export interface Patch {
  readonly root: string;
  readonly component: LockedComponent;
  readonly base: { readonly name: string; readonly commit: string; readonly tree: string };
  /** The work tree as it is, as a git tree. */
  readonly tree: string;
  readonly files: readonly FileChange[];
  readonly uncommitted: number;
}

export interface PatchRequest {
  readonly folder: string;
  readonly lock: Lockfile;
  readonly base?: string;
}

interface GitPorts {
  readonly workTrees: WorkTrees;
  readonly objects: GitObjects;
}

/** @returns fails as git does, and with `test/unknown-component`, `test/broken-registration` */
export async function readPatch(
  request: PatchRequest,
  git: GitPorts,
  context: RunContext<never>,
): Promise<Outcome<Patch>> {
  const component = await findComponent(request, git.workTrees);
  if (!component.ok) return component;
  const { url, ref } = component.value;
  const changes = await git.workTrees.changes(request.folder, request.base);
  if (!changes.ok) return changes;
  const snapshot = await git.workTrees.snapshot(request.folder, url);
  if (!snapshot.ok) return snapshot;
  const { base, files, root, uncommitted } = changes.value;
  const fetched = await git.objects.fetch({ url, commit: base.commit, ref }, context);
  if (!fetched.ok) return fetched;
  const sides = { before: { url, id: fetched.value.tree }, after: { url, id: snapshot.value.tree } };
  const read = await Promise.all(files.map((file) => readChange(file, sides, git.objects)));
  return ok({
    root,
    component: component.value,
    base: { ...base, tree: fetched.value.tree },
    tree: snapshot.value.tree,
    files: read,
    uncommitted: uncommitted.length,
  });
}

async function findComponent(request: PatchRequest, workTrees: WorkTrees): Promise<Outcome<LockedComponent>> {
  const identity = await workTrees.identify(request.folder);
  if (!identity.ok) return identity;
  const { registered, remoteUrl, root } = identity.value;
  const repo = remoteUrl?.replace(/\.git$/, '').replace(/\/$/, '');
  const { components, set } = request.lock;
  const found =
    components.find(({ url }) => repo !== undefined && samePath(repo, url)) ??
    components.find((one) => registered !== undefined && (one.registered ?? one.name) === registered);
  if (found !== undefined) return ok(found);
  const name = registered ?? repo?.replace(/^.*\//, '') ?? root;
  const known = components.map((one) => one.registered ?? one.name);
  const near = nearest(name, known);
  return fail({
    code: 'test/unknown-component',
    message: `${quote(root)} is ${quote(name)}, which the set ${quote(set)} doesn't have`,
    hint:
      (near === undefined ? '' : `did you mean ${near}? else `) +
      `change into a checkout of one of its components, or name another set: --set NAME`,
  });
}

/** `https://…/r/mediawiki/extensions/Cite` and any mirror of it end the same. */
function samePath(repo: string, url: string): boolean {
  const tail = /mediawiki\/.*$/.exec(url)?.[0] ?? url;
  return repo === url || repo.endsWith(`/${tail}`);
}

interface Sides {
  readonly before: { readonly url: string; readonly id: string };
  readonly after: { readonly url: string; readonly id: string };
}

async function readChange(file: ChangedFile, sides: Sides, objects: GitObjects): Promise<FileChange> {
  const { path, status } = file;
  const change = { path, status, ...(file.oldPath === undefined ? {} : { oldPath: file.oldPath }), ...linesOf(file) };
  const kind = kindOf(path);
  if (kind !== 'messages' && kind !== 'registration') return change;
  const before = (await objects.file(sides.before, file.oldPath ?? path))?.toString('utf8') ?? '{}';
  const after = (await objects.file(sides.after, path))?.toString('utf8') ?? '{}';
  if (kind === 'registration') {
    const keys = changedKeys(before, after);
    return keys === undefined ? change : { ...change, keys };
  }
  const messages = changedMessages(before, after);
  return messages === undefined ? change : { ...change, messages };
}

const WHOLE: readonly LineRange[] = [{ from: 1, to: Number.MAX_SAFE_INTEGER }];

function linesOf({ status, hunks }: ChangedFile): Pick<FileChange, 'before' | 'after'> {
  if (hunks.length === 0) return { before: status === 'A' ? [] : WHOLE, after: status === 'D' ? [] : WHOLE };
  return {
    before: hunks.flatMap((hunk) => rangeOf(hunk.oldStart, hunk.oldLines)),
    after: hunks.flatMap((hunk) => rangeOf(hunk.newStart, hunk.newLines)),
  };
}

function rangeOf(start: number, lines: number): LineRange[] {
  return lines === 0 ? [] : [{ from: start, to: start + lines - 1 }];
}

/** What stands in the way of running anything: PHP and JSON that don't parse, where they were typed. */
export function checkSyntax(patch: Patch, now: TreeIndex): Outcome<void> {
  const changed = new Set(patch.files.map(({ path }) => path));
  const php = now.files.flatMap(({ path, symbols }): Diagnostic[] =>
    changed.has(path) && symbols?.error !== undefined ? [brokenPhp(join(patch.root, path), symbols.error)] : [],
  );
  const text = patch.files.some(({ path }) => kindOf(path) === 'registration') ? now.registration : undefined;
  return settle(undefined, [...php, ...brokenJson(patch, text)]);
}

function brokenPhp(file: string, error: { line: number; column: number; found: string }): Diagnostic {
  return {
    code: 'test/php-syntax',
    message: `this PHP does not parse: ${error.found}`,
    hint: `php -l ${file}`,
    at: { file, line: error.line, column: error.column, length: 1 },
  };
}

function brokenJson(patch: Patch, text: string | undefined): Diagnostic[] {
  if (text === undefined) return [];
  try {
    JSON.parse(text);
    return [];
  } catch (thrown) {
    const offset = Number(/position (\d+)/.exec(messageOf(thrown))?.[1] ?? 0);
    const lines = text.slice(0, offset).split('\n');
    const file = join(patch.root, patch.component.kind === 'skin' ? 'skin.json' : 'extension.json');
    const at = { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, length: 1 };
    const message = `this registration is no JSON: ${messageOf(thrown)}`;
    return [{ code: 'test/broken-registration', message, hint: 'MediaWiki would load none of it', at }];
  }
}
