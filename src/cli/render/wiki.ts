/** Wikis of a farm as people read them. */
import { relative } from 'node:path';
import type { Wiki, WikiPlan } from '../../config/index.ts';
import type { AddedWiki, ReleaseEvent, WikiCheck } from '../../release/index.ts';
import { placeName } from './diagnostic.ts';
import { duration, table } from './units.ts';

export function planText({ wiki, overlay, edits, once, notes }: WikiPlan): string {
  const from = edits[0]?.file.replace(/\/config-overlays\/.*$/, '') ?? '';
  return [
    `Plan       ${wiki.name} at ${wiki.hosts.join(', ')}${wiki.language === undefined ? '' : `, in ${wiki.language}`}   (overlay ${overlay})`,
    ...edits.map(({ file, because }) => `  config   ${relative(from, file)}: ${because}`),
    ...once.map(({ act, because }) => `  once     ${act}: ${because}`),
    ...notes.map((note) => `  note     ${note}`),
  ].join('\n');
}

const STAYS = {
  served: 'instances have it; mwpipe config status says which, the same command goes on',
  unknown: 'nobody can say whether an instance has it; mwpipe config status, then the same command',
  'changed-since': 'somebody changed it meanwhile',
} as const;

export function wikiLine(
  event: Extract<ReleaseEvent, { code: 'wiki/written' | 'wiki/making' | 'wiki/made' | 'wiki/put-back' | 'wiki/left' }>,
): string {
  switch (event.code) {
    case 'wiki/written':
      return `Written    ${filesText(event.files)}`;
    case 'wiki/making':
      return `Making     database and tables of ${event.wiki}`;
    case 'wiki/made':
      return `Made       database and tables of ${event.wiki}   ${duration(event.ms)}`;
    case 'wiki/put-back':
      return `Put back   ${filesText(event.files)}: as before`;
    case 'wiki/left':
      return `Kept       ${filesText(event.files)}: ${STAYS[event.because]}; to undo: git checkout -- ${event.files.map(placeName).join(' ')}`;
  }
}

const filesText = (files: readonly string[]): string => files.map(placeName).join(', ');

export function addedText({ state, plan, url }: AddedWiki): string {
  const { name } = plan.wiki;
  if (state === 'planned') return `Nothing was changed. Do it with  mwpipe wiki add ${name} ...`;
  if (state === 'written')
    return `Not live   this target takes only what is committed: commit, have it merged, then  mwpipe wiki add ${name}  goes on`;
  return `${name} answers at ${url}   (no image was built)\nUndo with  mwpipe config rollback     (its database stays)`;
}

export function wikisText(wikis: readonly Wiki[]): string {
  if (wikis.length === 0) return 'no wikis.yaml: one wiki, named by its target';
  return table(
    wikis.map(({ name, hosts, version, language, tags }) => [
      name,
      hosts.join(', '),
      version ?? 'any version',
      language ?? '',
      tags.join(' '),
    ]),
    '',
  );
}

export function checksText(checks: readonly WikiCheck[]): string {
  const bad = checks.filter(({ problem }) => problem !== undefined);
  const lines = bad.map(({ wiki, host, problem }) => [`✗ ${wiki}`, host, problem ?? '']);
  const slowest = Math.max(0, ...checks.map(({ ms }) => ms));
  const head = `${String(checks.length - bad.length)} of ${String(checks.length)} wikis answer as they should, the slowest in ${duration(slowest)}`;
  return bad.length === 0 ? head : `${table(lines, '')}\n${head}`;
}
