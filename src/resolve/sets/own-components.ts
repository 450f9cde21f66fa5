/** What a set lists itself, over what it inherits: its components, one by one and by group. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import type { YamlPath } from '../../kernel/yaml-document.ts';
import { readComponent, type ReadComponent } from './read-component.ts';
import type { SetNode } from './read-sets.ts';
import type { ListedComponent } from './set-file.ts';
import { overSources, type Sources } from './sources.ts';

/** A component, and where it would come from by what the sets so far say. */
export interface Held {
  readonly set: string;
  readonly component: ReadComponent;
  readonly sources: Sources;
  readonly replaces?: { readonly set: string; readonly at: SourceRange };
}

interface Listed {
  readonly components: ReadonlyMap<string, Held>;
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Under extends Listed {
  /** What the set's file says: it goes for what is inherited too. */
  readonly written: Sources;
  /** All that the set's own components can come from. */
  readonly sources: Sources;
}

export function ownComponents(node: SetNode, under: Under, wrong: Diagnostic[]): Listed {
  const inherited = [...under.components].map(([name, held]): [string, Held] => [
    name,
    { ...held, sources: overSources(held.sources, under.written) },
  ]);
  const components = new Map(inherited);
  const groups = new Map(under.groups);
  const seen = new Map<string, number>();
  for (const { listed, path, group } of listedIn(node)) {
    const component = readComponent(listed, { set: node.set, document: node.document, path }, wrong);
    if (component === undefined) continue;
    const { name, at } = component;
    const first = seen.get(name);
    if (first !== undefined) wrong.push(listedTwice(name, first, at));
    seen.set(name, first ?? at.line);
    const before = under.components.get(name);
    const replaces = before === undefined ? {} : { replaces: { set: before.set, at: before.component.at } };
    components.set(name, { set: node.set, component, sources: under.sources, ...replaces });
    if (group !== undefined) groups.set(group, new Set([...(groups.get(group) ?? []), name]));
  }
  return { components, groups };
}

interface Entry {
  readonly listed: string | ListedComponent;
  readonly path: YamlPath;
  readonly group?: string;
}

function listedIn({ document }: SetNode): Entry[] {
  const { components, groups } = document.value;
  return [
    ...components.map((listed, index) => ({ listed, path: ['components', index] })),
    ...Object.entries(groups).flatMap(([group, members]) =>
      members.map((listed, index) => ({ listed, path: ['groups', group, index], group })),
    ),
  ];
}

function listedTwice(name: string, first: number, at: SourceRange): Diagnostic {
  const message = `${quote(name)} is listed twice, first in line ${first}`;
  return { code: 'resolve/listed-twice', message, hint: 'remove one of the two', at };
}
