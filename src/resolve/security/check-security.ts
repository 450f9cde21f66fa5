/** `mwpipe security check`: every patch against every set and branch, nothing kept. */
import { digestOf, sha256 } from '../../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ResolveEvent } from '../events.ts';
import type { Lockfile } from '../lock/lockfile.ts';
import { readLock } from '../lock/read-lock.ts';
import type { GitRefs, PatchMails } from '../ports.ts';
import { knownSets } from '../sets/set-file.ts';
import { openTree, triedEvent, type SecurityPatches } from './apply-security.ts';
import { keepPrivate } from './keep-private.ts';
import { lockAtBranch } from './lock-at-branch.ts';
import { planPatches } from './plan-patches.ts';
import type { PatchTree } from './read-patch-tree.ts';
import { tabulate, type SecurityTable, type CheckedColumn } from './security-table.ts';
import { tryPatches, type SecurityPorts } from './try-patches.ts';

export interface CheckRequest {
  /** Folder of the workspace. */
  readonly root: string;
  /** All that have a lock where none is named. */
  readonly sets: readonly string[];
  /** Branches whose tips are taken; what the locks name where none is. */
  readonly branches: readonly string[];
  readonly patches: SecurityPatches;
}

export interface CheckPorts extends SecurityPorts {
  readonly refs: GitRefs;
}

/** @returns fails with `security/*`, `lock/*` of a set that was named, and as fetching does */
export async function checkSecurity(
  request: CheckRequest,
  ports: CheckPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<SecurityTable>> {
  return keepPrivate(context.signal, async () => {
    const locks = await readLocks(request);
    if (!locks.ok) return locks;
    const tree = await openTree(request.patches.folder, context);
    if (!tree.ok) return tree;
    const remembering = { ...ports, mails: remembered(ports.mails) };
    const targets = locks.value.flatMap((lock) => branchesOf(request).map((branch) => ({ lock, branch })));
    const columns: Outcome<CheckedColumn>[] = [];
    for (const target of targets)
      columns.push(await checkOne({ ...target, request, tree: tree.value }, remembering, context));
    const checked = all(columns);
    return checked.ok ? ok(tabulate(checked.value)) : checked;
  });
}

function branchesOf({ branches }: CheckRequest): (string | undefined)[] {
  return branches.length === 0 ? [undefined] : [...branches];
}

async function readLocks({ root, sets }: CheckRequest): Promise<Outcome<Lockfile[]>> {
  const names = sets.length > 0 ? sets : (await knownSets(root)).sort();
  const locks = await Promise.all(names.map((set) => readLock(root, set)));
  if (sets.length > 0) return all(locks);
  const there = locks.filter((lock) => lock.ok || lock.diagnostics[0].code !== 'lock/missing');
  return there.length > 0 ? all(there) : fail(noLocks());
}

function noLocks() {
  return {
    code: 'security/no-locks',
    message: 'no extension set of this workspace has a lock',
    hint: 'mwpipe resolve SET writes one',
  } as const;
}

interface Target {
  readonly lock: Lockfile;
  readonly branch: string | undefined;
  readonly request: CheckRequest;
  readonly tree: PatchTree;
}

async function checkOne(
  { lock, branch, request, tree }: Target,
  ports: CheckPorts,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<CheckedColumn>> {
  context.signal.throwIfAborted();
  const mediawiki = branch?.replace(/^wmf\//, '') ?? lock.mediawiki;
  const plan = planPatches(tree.entries, { ...request.patches, mediawiki });
  if (!plan.ok) return plan;
  const moved =
    branch === undefined
      ? ok({ lock, without: [] })
      : await lockAtBranch({ lock, branch, plan: plan.value }, ports, context);
  if (!moved.ok) return moved;
  const trial = { lock: moved.value.lock, plan: plan.value, root: tree.root, keep: false };
  const tried = await tryPatches(trial, ports, context);
  if (!tried.ok) return tried;
  const { version, because } = plan.value;
  const names = { set: lock.set, ...(branch === undefined ? {} : { branch }) };
  for (const patch of tried.value.patches) context.emit({ ...triedEvent(lock.set, patch), ...names });
  return ok({ ...names, version, because, patches: tried.value.patches, without: moved.value.without });
}

/** Sets share repos: the same patches on the same tree are tried once. */
function remembered(mails: PatchMails): PatchMails {
  const known = new Map<string, ReturnType<PatchMails['apply']>>();
  return {
    apply: (wanted, context) => {
      const key = digestOf([wanted.url, wanted.id, wanted.mails.map((mail) => sha256(mail.reveal()))]);
      const before = known.get(key);
      const applied = before ?? mails.apply(wanted, context);
      known.set(key, applied);
      return applied;
    },
  };
}
