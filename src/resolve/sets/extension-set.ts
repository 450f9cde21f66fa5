/** `extension-sets/NAME.yaml`: which components, from where, by which branch policy; sets extend sets. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import { checkMounts } from './check-mounts.ts';
import { values } from './inherit.ts';
import { mergeNode, type Merged, type Merging } from './merge-sets.ts';
import type { ExtendsStep, ExtensionSet, SetComponent } from './merged-set.ts';
import { locate } from './read-component.ts';
import { readSets, type SetNode } from './read-sets.ts';

export type { BranchRule, ExtensionSet, SetComponent } from './merged-set.ts';

/**
 * Reads a set and what it extends.
 * @returns fails with `yaml/*`, `resolve/unknown-set`, `resolve/set-cycle`, `resolve/wrong-component`,
 * `resolve/listed-twice`, `resolve/not-inherited`, `resolve/no-source`, `resolve/unknown-source`, `resolve/no-branches`,
 * `resolve/unsafe-*`, `resolve/same-path`, `resolve/reserved-path`, `resolve/two-spellings`, `resolve/empty-set`
 */
export async function readSet(root: string, set: string): Promise<Outcome<ExtensionSet>> {
  const node = await readSets(root, set);
  return node.ok ? mergeSets(node.value) : node;
}

/** Every mistake of every file at once. Pure. */
export function mergeSets(node: SetNode): Outcome<ExtensionSet> {
  const wrong: Diagnostic[] = [];
  const routes = routesFrom(node);
  const merging: Merging = { ancestors: ancestorsOf(node), done: new Map(), wrong };
  const merged = mergeNode(node, merging);
  const components = located(merged, routes, wrong);
  const value = settled(node, merged, components);
  wrong.push(...checkMounts(components), ...missingParts(node, merged));
  return settle(value, inOrder(wrong));
}

function settled({ set, document }: SetNode, merged: Merged, components: SetComponent[]): ExtensionSet {
  const { description } = document.value;
  return {
    name: set,
    file: document.file,
    ...(description === undefined ? {} : { description }),
    extends: document.value.extends,
    branches: merged.policy.get('branches')?.value ?? [],
    variables: values(merged.variables),
    platform: values(merged.platform),
    requires: [...merged.requires.values()],
    patches: [...merged.patches.values()],
    groups: Object.fromEntries([...merged.groups].map(([name, members]) => [name, [...members]])),
    components,
  };
}

function located({ components }: Merged, routes: ReadonlyMap<string, readonly ExtendsStep[]>, wrong: Diagnostic[]) {
  return [...components.values()].flatMap(({ component, sources, replaces }) => {
    const { set, at } = component;
    const origin = { set, at, via: routes.get(set) ?? [], ...(replaces === undefined ? {} : { replaces }) };
    const found = locate(component, sources, origin);
    if (!('code' in found)) return [found];
    wrong.push(found);
    return [];
  });
}

function missingParts({ set, document }: SetNode, { policy, components }: Merged): Diagnostic[] {
  const at = document.at([]);
  const noBranches: Diagnostic = {
    code: 'resolve/no-branches',
    message: `${quote(set)} has no branch policy`,
    hint: 'add for example branches: [master]',
    at,
  };
  const empty: Diagnostic = {
    code: 'resolve/empty-set',
    message: `${quote(set)} has no component`,
    hint: 'list some under components:, core first',
    at,
  };
  return [...(policy.size === 0 ? [noBranches] : []), ...(components.size === 0 ? [empty] : [])];
}

/** The shortest way from the set that was asked for to each that it extends. */
function routesFrom(root: SetNode): Map<string, readonly ExtendsStep[]> {
  const routes = new Map<string, readonly ExtendsStep[]>([[root.set, []]]);
  const waiting = [root];
  for (const node of waiting) {
    for (const parent of node.parents) {
      if (routes.has(parent.node.set)) continue;
      const step = { set: node.set, extends: parent.node.set, at: parent.at };
      routes.set(parent.node.set, [...(routes.get(node.set) ?? []), step]);
      waiting.push(parent.node);
    }
  }
  return routes;
}

function ancestorsOf(root: SetNode, known = new Map<string, ReadonlySet<string>>()): Map<string, ReadonlySet<string>> {
  if (known.has(root.set)) return known;
  for (const { node } of root.parents) ancestorsOf(node, known);
  const far = root.parents.flatMap(({ node }) => [node.set, ...(known.get(node.set) ?? [])]);
  known.set(root.set, new Set(far));
  return known;
}

/** By file, and by place in it. */
function inOrder(wrong: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(wrong.map(({ at }) => at?.file))];
  const place = ({ at }: Diagnostic): number => (at === undefined ? 0 : at.line * 10_000 + at.column);
  return files.flatMap((file) => wrong.filter(({ at }) => at?.file === file).sort((a, b) => place(a) - place(b)));
}
