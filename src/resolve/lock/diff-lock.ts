/** What a new lock changes, component by component: what a train's review is about. */
import { canonicalJson } from '../../kernel/digest.ts';
import type { LockedComponent, Lockfile } from './lockfile.ts';

export interface LockChange {
  readonly component: string;
  readonly change: 'added' | 'removed' | 'moved' | 'described';
  /** `ref@commit7`, of before and after. */
  readonly before?: string;
  readonly after?: string;
  /** The files are other ones; a new branch with the same tree changes nothing that is built. */
  readonly treeChanged: boolean;
}

/** @param before undefined where there was no lock */
export function diffLock(before: Lockfile | undefined, after: Lockfile): LockChange[] {
  const old = new Map(before?.components.map((component) => [component.name, component]));
  const names = new Set([...after.components, ...(before?.components ?? [])].map(({ name }) => name));
  const now = new Map(after.components.map((component) => [component.name, component]));
  return [...names].flatMap((name) => changeOf(name, old.get(name), now.get(name)));
}

function changeOf(name: string, before: LockedComponent | undefined, after: LockedComponent | undefined): LockChange[] {
  if (after === undefined) {
    return before === undefined
      ? []
      : [{ component: name, change: 'removed', before: label(before), treeChanged: true }];
  }
  if (before === undefined) return [{ component: name, change: 'added', after: label(after), treeChanged: true }];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const moved = before.commit !== after.commit || before.ref !== after.ref || before.url !== after.url;
  return [
    {
      component: name,
      change: moved ? 'moved' : 'described',
      before: label(before),
      after: label(after),
      treeChanged: treeOf(before) !== treeOf(after),
    },
  ];
}

/** `master@1a2b3c4`, and the changes on top: `master@1a2b3c4 +1099123/3`. */
function label({ ref, commit, patch }: LockedComponent): string {
  const changes = (patch?.changes ?? []).map(({ change, patchset }) => ` +${change}/${patchset}`);
  return `${ref.replace(/^refs\/(heads|tags)\//, '')}@${commit.slice(0, 7)}${changes.join('')}`;
}

function treeOf({ tree, patch }: LockedComponent): string {
  return patch?.tree ?? tree;
}
