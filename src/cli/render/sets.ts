/** Extension sets as people read them: lists, one set's components, and which set has what. */
import { basename } from 'node:path';
import type { ExtensionSet, Imported, ListedSet, SetComponent, SetsDiff } from '../../resolve/index.ts';
import type { Shown } from '../run.ts';
import { table } from './units.ts';

export function showList(sets: readonly ListedSet[]): Shown {
  const rows = sets.map(({ name, description, components, extends: parents, locked, wrong }) => [
    name,
    wrong === undefined ? String(components) : 'broken',
    locked ? 'locked' : '',
    parents.length === 0 ? '' : `extends ${parents.join(', ')}`,
    wrong === undefined ? (description ?? '') : `${wrong.message}: mwpipe sets show ${name}`,
  ]);
  return { text: sets.length === 0 ? 'no extension sets here' : table(rows, ''), json: sets };
}

export function showSet(set: ExtensionSet): Shown {
  const { name, components, extends: parents, branches, requires, patches } = set;
  const from = parents.length === 0 ? '' : `, extends ${parents.join(', ')}`;
  const asked = requires.map(({ what, constraint }) => `${what} ${constraint}`);
  const changes = patches.map(({ change, patchset }) =>
    patchset === undefined ? `${change}` : `${change}/${patchset}`,
  );
  const text = [
    `${name}: ${components.length} components${from}`,
    `Branch   ${branches.map(({ template }) => template).join(' → ')}`,
    ...(asked.length === 0 ? [] : [`Requires ${asked.join(', ')}`]),
    ...(changes.length === 0 ? [] : [`On top   changes ${changes.join(', ')}`]),
    table(components.map(componentRow)),
    `Next     mwpipe why NAME --set ${name}   |   mwpipe resolve ${name}`,
  ].join('\n');
  return { text, json: set };
}

function componentRow({ name, kind, path, url, pin, branches, origin }: SetComponent): string[] {
  const own = branches === undefined ? '' : branches.map(({ template }) => template).join(' → ');
  return [name, kind, path === '' ? '/' : path, pin === undefined ? own : `${pin.kind} ${pin.name}`, origin.set, url];
}

export function showImported(imported: Imported): Shown {
  const { set, file, format, components, pinned, added, branch, written, text } = imported;
  const others = added.length === 0 ? '' : `, with ${added.join(', ')}, which the list doesn't name`;
  const pins = pinned === 0 ? '' : `; ${pinned} pinned to a branch of their own`;
  const summary = `${components} components from ${FORMATS[format]}${others}, on ${branch}${pins}`;
  const lines = written
    ? [
        `Set   extension-sets/${basename(file)}: ${summary}`,
        `Next  mwpipe sets show ${set}   |   mwpipe resolve ${set}`,
      ]
    : [text.trimEnd(), `# Not written: ${summary}.`];
  return { text: lines.join('\n'), json: imported };
}

const FORMATS: Readonly<Record<Imported['format'], string>> = {
  settings: 'a settings.yaml',
  gitmodules: 'a .gitmodules',
  'extension-list': 'an extension list',
};

export type DiffFormat = 'text' | 'markdown' | 'json';

export function showDiff(diff: SetsDiff, format: DiffFormat): Shown {
  const text = { text: diffText, markdown: diffMarkdown, json: diffJson }[format](diff);
  return { text, json: diff };
}

function diffText({ compared, common, different }: SetsDiff): string {
  const head = ['', ...compared.map(({ name, components }) => `${name} (${components})`)];
  const rows = different.map((row) => [row.component, ...row.in.map((one) => (one ? 'yes' : '-'))]);
  const same = `${common.length} in all of them, ${different.length} not`;
  return different.length === 0 ? same : [same, table([head, ...rows])].join('\n');
}

function diffMarkdown({ compared, common, different }: SetsDiff): string {
  const lines = [
    ['Component', ...compared.map(({ name }) => name)],
    ['---', ...compared.map(() => '---')],
    ...different.map((row) => [row.component, ...row.in.map((one) => (one ? 'yes' : ''))]),
    [`*${common.length} more in all*`, ...compared.map(({ components }) => `${components}`)],
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function diffJson(diff: SetsDiff): string {
  return JSON.stringify(diff, undefined, 2);
}
