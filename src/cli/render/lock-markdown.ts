/** A train's changelog as Markdown, for a wiki page or a task: a heading a component, a list of its commits. */
import type { Changelog, ChangelogEntry, CommitList } from '../../resolve/index.ts';
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

export function changelogMarkdown(changelog: Changelog): string {
  const { before, after, mediawiki, components } = changelog;
  const told = components.filter((entry) => !isQuiet(entry));
  const quiet = quietWords(components.filter(isQuiet));
  return [
    `# ${escaped(`${before} → ${after}: MediaWiki ${moveOf(mediawiki)}`)}`,
    '',
    escaped(summaryWords(changelog)),
    ...told.flatMap(section),
    ...(quiet.length === 0 ? [] : ['', '## Same files', '', ...quiet.map((line) => `- ${escaped(line)}`)]),
    '',
  ].join('\n');
}

function section(entry: ChangelogEntry): string[] {
  const { component, before, after, commits, unknown } = entry;
  const spots = { ...(before && { before: spotWords(before) }), ...(after && { after: spotWords(after) }) };
  const lines = [
    ...(unknown === undefined ? [] : [`- commits unknown: ${escaped(unknown.message)}`]),
    ...(commits === undefined ? [] : list(commits.added)),
    ...detailLines(entry).map((line) => `- ${escaped(line)}`),
  ];
  const lost =
    commits === undefined || commits.removed.count === 0 ? [] : ['', 'No longer in it:', '', ...list(commits.removed)];
  const counted = commits === undefined ? '' : `, ${countWords(commits.added)}`;
  const place = `${escaped(moveOf(spots))}${counted}${entry.sameFiles ? ', same files' : ''}`;
  return ['', `## ${escaped(component)}`, '', place, ...(lines.length === 0 ? [] : ['', ...lines]), ...lost];
}

function list({ commits, localisation, more }: CommitList): string[] {
  return [
    ...commits.map((commit) => `- ${escaped(commitWords(commit))} (\`${commit.id.slice(0, 7)}\`)`),
    ...(more === 0 ? [] : [`- and ${more} more`]),
    ...(localisation === 0 ? [] : [`- localisation updates ×${localisation}`]),
  ];
}

/** Subjects are anybody's: none may become a link, HTML or a mention. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#~]/g, String.raw`\$&`).replaceAll(/(^|[^\w/.-])@/g, '$1&#64;');
}
