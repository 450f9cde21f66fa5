/** The extension set that says what a list says, as text that a person goes on with. Pure. */
import { Document, isMap, visit } from 'yaml';
import { settle, type Outcome } from '../../../kernel/outcome.ts';
import { checkMounts } from '../check-mounts.ts';
import { overBase } from '../sources.ts';
import type { ComponentList, ListEntry } from './component-list.ts';

export interface ImportRequest {
  readonly set: string;
  /** Where the list came from, for the comment. */
  readonly from: string;
  /** The policy. @default the branch of all, where the list says one for each; else master */
  readonly branch?: string;
}

export interface ImportPlan {
  readonly text: string;
  readonly branch: string;
  readonly components: number;
  readonly pinned: number;
  /** Components that the list doesn't name and no set can do without. */
  readonly added: readonly string[];
}

/** Fails where two components are in each other's way, each at its place in the list. */
export function planImport(list: ComponentList, { set, from, branch }: ImportRequest): Outcome<ImportPlan> {
  const origin = (entry: ListEntry) => ({ set, at: entry.at, via: [] });
  const wrong = checkMounts(list.entries.map((one) => ({ ...one, url: one.url ?? '', origin: origin(one) })));
  const policy = branch ?? branchOfAll(list.entries) ?? 'master';
  const added = list.entries.some(({ kind }) => kind === 'core') ? [] : ['core'];
  const written = list.entries.map((entry) => ({ group: entry.group, entry: writtenEntry(entry, policy) }));
  const grouped = Object.groupBy(written, ({ group }) => (group !== undefined && isGroupName(group) ? group : ''));
  const { '': plain = [], ...groups } = grouped;
  const members = Object.entries(groups).map(([name, found = []]) => [name, found.map(({ entry }) => entry)] as const);
  const text = format(from, {
    version: 1,
    description: `imported from ${from}`,
    ...(list.base === undefined ? { source: 'wikimedia' } : { sources: overBase(list.base) }),
    branches: [policy],
    components: [...added, ...plain.map(({ entry }) => entry)],
    ...(members.length === 0 ? {} : { groups: Object.fromEntries(members) }),
  });
  const pinned = list.entries.filter((entry) => entry.branch !== undefined && entry.branch !== policy).length;
  return settle({ text, branch: policy, components: list.entries.length + added.length, pinned, added }, wrong);
}

/** A policy of one branch pins each component to it as well, and can be changed in one place. */
function branchOfAll(entries: readonly ListEntry[]): string | undefined {
  const branches = new Set(entries.map(({ branch }) => branch));
  return branches.size === 1 ? [...branches][0] : undefined;
}

function writtenEntry({ name, kind, url, branch }: ListEntry, policy: string): string | Record<string, string> {
  const pin = branch === undefined || branch === policy ? {} : { branch };
  const entry = { name, ...(url === undefined ? {} : { url }), ...pin };
  return Object.keys(entry).length === 1 && (kind !== 'library' || name.includes('/')) ? name : entry;
}

function isGroupName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(name);
}

function format(from: string, value: object): string {
  const document = new Document(value);
  visit(document, {
    Map: (_key, node, path) => {
      if (path.some((above) => 'items' in above && !isMap(above))) node.flow = true;
    },
  });
  return `# Imported from ${from} by \`mwpipe sets import\`.\n${document.toString({ lineWidth: 0, flowCollectionPadding: true })}`;
}
