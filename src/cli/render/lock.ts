/** What moved between two locks, as text: a component a paragraph, those that changed nothing but their branch in a line. */
import type { Changed, Changelog, ChangelogCommit, ChangelogEntry, CommitList } from '../../resolve/index.ts';
import type { Shown } from '../run.ts';
import { changelogMarkdown } from './lock-markdown.ts';
import {
  commitWords,
  countWords,
  detailLines,
  isQuiet,
  moveOf,
  quietWords,
  spotWords,
  summaryWords,
} from './lock-words.ts';

export const CHANGELOG_FORMATS = ['text', 'markdown', 'json'] as const;
export type ChangelogFormat = (typeof CHANGELOG_FORMATS)[number];

/** A remote that failed is told at its component; then what is shown isn't all there is. */
export function showChangelog(changelog: Changelog, format: ChangelogFormat): Shown {
  const text = {
    text: () => changelogText(changelog),
    markdown: () => changelogMarkdown(changelog),
    json: () => JSON.stringify(changelog, undefined, 2),
  }[format]();
  const unknown = changelog.components.some((entry) => entry.unknown !== undefined);
  return { text, json: changelog, ...(unknown ? { exit: 'outside' } : {}) };
}

function changelogText(changelog: Changelog): string {
  const { before, after, mediawiki } = changelog;
  const told = changelog.components.filter((entry) => !isQuiet(entry));
  return [
    `${before} → ${after}: MediaWiki ${moveOf(mediawiki)}`,
    summaryWords(changelog),
    ...paragraphs(told.map(entryLines)),
    ...spaced(quietWords(changelog.components.filter(isQuiet))),
  ].join('\n');
}

/** An empty line around what is longer than one. */
function paragraphs(entries: readonly (readonly string[])[]): string[] {
  return entries.flatMap((lines, at) => {
    const apart = at === 0 || lines.length > 1 || (entries[at - 1]?.length ?? 0) > 1;
    return apart ? ['', ...lines] : lines;
  });
}

function spaced(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function entryLines(entry: ChangelogEntry): string[] {
  const { commits, unknown } = entry;
  const counted = commits === undefined ? '' : `, ${countWords(commits.added)}`;
  return [
    `${entry.component}  ${placeWords(entry)}${counted}`,
    ...(unknown === undefined ? [] : [`  commits unknown: ${unknown.message}`]),
    ...(commits === undefined ? [] : listLines(commits.added, '  ')),
    ...(commits === undefined || commits.removed.count === 0
      ? []
      : ['  no longer in it:', ...listLines(commits.removed, '    ')]),
    ...detailLines(entry).map((line) => `  ${line}`),
  ];
}

function placeWords({ change, before, after, sameFiles }: ChangelogEntry): string {
  if (change === 'added') return `new: ${after === undefined ? '' : spotWords(after)}`;
  if (change === 'removed') return `gone: ${before === undefined ? '' : spotWords(before)}`;
  const spots: Changed<string> = {
    ...(before === undefined ? {} : { before: spotWords(before) }),
    ...(after === undefined ? {} : { after: spotWords(after) }),
  };
  return `${moveOf(spots)}${sameFiles ? ', same files' : ''}`;
}

function listLines({ commits, localisation, more }: CommitList, indent: string): string[] {
  return [
    ...commits.map((commit) => indent + commitLine(commit)),
    ...(more === 0 ? [] : [`${indent}and ${more} more`]),
    ...(localisation === 0 ? [] : [`${indent}localisation updates ×${localisation}`]),
  ];
}

function commitLine(commit: ChangelogCommit): string {
  return `${commit.id.slice(0, 7)}  ${commitWords(commit)}`;
}
