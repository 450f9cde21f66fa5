/** The commits of one component as a changelog tells them: bots folded, backports known, controls removed, cut. Pure. */
import type { HistoryCommit, HistorySide } from '../ports.ts';

export interface ChangelogCommit extends HistoryCommit {
  /** The other side has the same change under another commit: it was backported. */
  readonly backported?: true;
}

export interface CommitList {
  readonly commits: readonly ChangelogCommit[];
  /** All of that side, those that aren't told one by one too. */
  readonly count: number;
  /** Of the localisation bot. */
  readonly localisation: number;
  /** Neither among `commits` nor the bot's. */
  readonly more: number;
}

export interface ComponentCommits {
  readonly added: CommitList;
  /** What the new one lacks; what it has as another commit is left out. */
  readonly removed: CommitList;
}

export function changelogCommits(
  sides: { readonly added: HistorySide; readonly removed: HistorySide },
  most: number,
): ComponentCommits {
  const { added, removed } = sides;
  const [inAdded, inRemoved] = [changeIds(added), changeIds(removed)];
  const left = removed.commits.filter(({ changeId }) => changeId === undefined || !inAdded.has(changeId));
  const without = { commits: left, count: removed.count - (removed.commits.length - left.length) };
  return { added: listOf(added, { most, known: inRemoved }), removed: listOf(without, { most, known: new Set() }) };
}

function changeIds({ commits }: HistorySide): ReadonlySet<string> {
  return new Set(commits.flatMap(({ changeId }) => changeId ?? []));
}

interface Listing {
  readonly most: number;
  /** Change-Ids of the other side. */
  readonly known: ReadonlySet<string>;
}

function listOf({ commits, count }: HistorySide, { most, known }: Listing): CommitList {
  const told = commits.filter((commit) => !isLocalisation(commit));
  const localisation = commits.length - told.length;
  const shown = told.slice(0, most).map((commit): ChangelogCommit => {
    const plain = { ...commit, subject: plainText(commit.subject), author: plainText(commit.author) };
    return commit.changeId !== undefined && known.has(commit.changeId) ? { ...plain, backported: true } : plain;
  });
  return { commits: shown, count, localisation, more: count - localisation - shown.length };
}

/** translatewiki.net's, several a week in every repo. */
function isLocalisation({ subject, author }: HistoryCommit): boolean {
  return (
    /^Localisation updates from https?:\/\/translatewiki\.net/.test(subject) || author === 'Translation updater bot'
  );
}

const LONGEST = 300;

/** Anybody can write a commit: what would move a cursor, colour a log, turn the writing round or fill a screen is left out. */
function plainText(text: string): string {
  const plain = text.replaceAll(ESCAPES, '');
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST)}…`;
}

/** A terminal's sequences whole, then what is left of controls. */
const ESCAPES = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[\p{Cc}\p{Cf}]/gu;
