/** The words in which a changelog is told, in whatever format. */
import type { Changed, Changelog, ChangelogCommit, ChangelogEntry, CommitList } from '../../resolve/index.ts';

type Spot = NonNullable<ChangelogEntry['before']>;

/** `a → b`, `a` where both are, `none` for the side that has nothing. */
export function moveOf({ before = 'none', after = 'none' }: Changed<string>): string {
  return before === after ? after : `${before} → ${after}`;
}

/** `wmf/1.43.0-wmf.2@1a2b3c4`. */
export function spotWords({ ref, commit }: Spot): string {
  return ref === commit ? commit.slice(0, 7) : `${ref.replace(/^refs\/(heads|tags)\//, '')}@${commit.slice(0, 7)}`;
}

/** Another branch, and nothing else to tell. */
export function isQuiet(entry: ChangelogEntry): boolean {
  const { change, sameFiles, commits, before, after } = entry;
  const told = (commits?.added.count ?? 0) + (commits?.removed.count ?? 0) + detailLines(entry).length;
  return change === 'moved' && sameFiles && told === 0 && entry.unknown === undefined && before?.url === after?.url;
}

/** `3 moved, 1 added, 33 with the same files, 2 unchanged`. */
export function summaryWords({ components, unchanged, embargoed }: Changelog): string {
  const quiet = components.filter(isQuiet).length;
  const count = (change: ChangelogEntry['change']): number =>
    components.filter((entry) => entry.change === change && !isQuiet(entry)).length;
  const parts: readonly (readonly [number, string])[] = [
    [count('moved'), 'moved'],
    [count('added'), 'added'],
    [count('removed'), 'removed'],
    [count('described'), 'described otherwise'],
    [quiet, 'on another branch with the same files'],
    [unchanged, 'unchanged'],
  ];
  const told = parts.flatMap(([number, words]) => (number === 0 ? [] : [`${number} ${words}`]));
  const secret = embargoed === undefined ? [] : [`embargoed patches: ${embargoed.before} → ${embargoed.after}`];
  return [...(told.length === 0 ? ['no components'] : told), ...secret].join(', ');
}

/** The quiet ones, by where they went. */
export function quietWords(entries: readonly ChangelogEntry[]): string[] {
  const moves = new Map<string, string[]>();
  for (const { before, after, component } of entries) {
    const branches = { ...(before && { before: branchOf(before) }), ...(after && { after: branchOf(after) }) };
    moves.set(moveOf(branches), [...(moves.get(moveOf(branches)) ?? []), component]);
  }
  return [...moves].map(([move, names]) => `same files (${move}): ${few(names)}`);
}

const NAMED = 12;

function few(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function branchOf({ ref }: Spot): string {
  return ref.replace(/^refs\/(heads|tags)\//, '');
}

export function countWords({ count }: CommitList): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}

/** `Fix it (T123, T124), A Developer; was backported`. */
export function commitWords({ subject, bugs, author, backported }: ChangelogCommit): string {
  const named = bugs.filter((bug) => !subject.includes(bug));
  const tasks = named.length === 0 ? '' : ` (${named.join(', ')})`;
  return `${subject}${tasks}, ${author}${backported === true ? '; was backported' : ''}`;
}

/** Everything that a component's lock says otherwise, beside its commits. */
export function detailLines({ before, after, ...entry }: ChangelogEntry): string[] {
  const { fallback, version, patches } = entry;
  const urls = { ...(before && { before: before.url }), ...(after && { after: after.url }) };
  const listed = (names: readonly string[] | undefined): string => names?.join(', ') ?? 'none';
  return [
    ...(entry.change === 'added' || entry.change === 'removed' || before?.url === after?.url
      ? []
      : [`repo: ${moveOf(urls)}`]),
    ...(fallback === undefined ? [] : [`fallback: ${moveOf(fallback)}`]),
    ...(version === undefined ? [] : [`version: ${moveOf(version)}`]),
    ...(patches === undefined
      ? []
      : [`patched with: ${moveOf({ before: listed(patches.before), after: listed(patches.after) })}`]),
    ...(entry.build === undefined ? [] : [`build steps: ${moveOf(entry.build)}`]),
    ...entry.requires.map(({ name, ...change }) => `requires ${name}: ${moveOf(change)}`),
    ...entry.submodules.map(({ name, ...change }) => `${name}: ${moveOf(shortened(change))}`),
  ];
}

function shortened({ before, after }: Changed<string>): Changed<string> {
  return { ...(before && { before: before.slice(0, 7) }), ...(after && { after: after.slice(0, 7) }) };
}
