/**
 * Merges a set with all that it extends. A set has what any of those has, less what it removes, plus what it lists
 * itself; each set is merged once, however many extend it. Pure.
 */
import type { Diagnostic, SourceRange } from '../../kernel/diagnostic.ts';
import { inherit, own, type Ancestors, type Owned } from './inherit.ts';
import type { BranchRule, SetPatch, SetRequirement } from './merged-set.ts';
import { ownComponents, type Held } from './own-components.ts';
import { refMistakes, rules } from './read-component.ts';
import type { SetNode } from './read-sets.ts';
import { removeComponents } from './remove-components.ts';
import { inheritSources, overSources, ownSources, withDefault, type Sources } from './sources.ts';

export interface Merged {
  readonly components: ReadonlyMap<string, Held>;
  /** Names of components by group. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly sources: Sources;
  readonly variables: ReadonlyMap<string, Owned<string>>;
  readonly platform: ReadonlyMap<string, Owned<string | string[]>>;
  /** One entry, `branches`, or none. */
  readonly policy: ReadonlyMap<string, Owned<readonly BranchRule[]>>;
  /** By what is asked for and by whom: what several sets ask for holds together. */
  readonly requires: ReadonlyMap<string, SetRequirement>;
  /** By the change's number. */
  readonly patches: ReadonlyMap<number, SetPatch>;
}

export interface Merging {
  readonly ancestors: Ancestors;
  readonly done: Map<string, Merged>;
  readonly wrong: Diagnostic[];
}

export function mergeNode(node: SetNode, merging: Merging): Merged {
  const known = merging.done.get(node.set);
  if (known !== undefined) return known;
  const parents = node.parents.map((parent) => mergeNode(parent.node, merging));
  const merged = mergeOver(node, parents, merging);
  merging.done.set(node.set, merged);
  return merged;
}

function mergeOver(node: SetNode, parents: readonly Merged[], { ancestors, wrong }: Merging): Merged {
  const { set, document } = node;
  const { variables, platform } = document.value;
  const from = <K, T extends { readonly set: string }>(part: (parent: Merged) => ReadonlyMap<K, T>) =>
    inherit<K, T>(parents.map(part), ancestors);
  const inherited = inheritSources(
    parents.map((parent) => parent.sources),
    ancestors,
  );
  const written = ownSources(node, inherited, wrong);
  const sources = overSources(inherited, written);
  const listed = {
    components: from((parent) => parent.components),
    groups: joined(parents.map(({ groups }) => groups)),
  };
  const kept = removeComponents(document, listed, wrong);
  return {
    ...ownComponents(node, { ...kept, written, sources: withDefault(set, sources) }, wrong),
    sources,
    variables: own(
      set,
      variables,
      from((parent) => parent.variables),
    ),
    platform: own<string | string[]>(
      set,
      platform,
      from((parent) => parent.platform),
    ),
    policy: own(
      set,
      { branches: policyOf(node, wrong) },
      from((parent) => parent.policy),
    ),
    requires: new Map([...from((parent) => parent.requires), ...requirementsOf(node)]),
    patches: new Map([...from((parent) => parent.patches), ...patchesOf(node)]),
  };
}

function joined(groups: readonly Merged['groups'][]): Map<string, ReadonlySet<string>> {
  const merged = new Map<string, ReadonlySet<string>>();
  for (const [name, members] of groups.flatMap((one) => [...one])) {
    merged.set(name, new Set([...(merged.get(name) ?? []), ...members]));
  }
  return merged;
}

function policyOf({ document }: SetNode, wrong: Diagnostic[]): BranchRule[] | undefined {
  const { branches } = document.value;
  if (branches === undefined) return undefined;
  const policy = rules(branches, ['branches'], document);
  wrong.push(...policy.flatMap(({ template, at }) => refMistakes(template, at)));
  return policy;
}

function requirementsOf({ set, document }: SetNode): [string, SetRequirement][] {
  return (['MediaWiki', 'php'] as const).flatMap((what) => {
    const constraint = document.value.requires[what];
    if (constraint === undefined) return [];
    return [[`${set} ${what}`, { what, constraint, set, at: document.at(['requires', what]) }]];
  });
}

function patchesOf({ set, document }: SetNode): [number, SetPatch][] {
  return document.value.patches.map((written, index) => {
    const [change = '', patchset] = String(written).split('/');
    const at: SourceRange = document.at(['patches', index]);
    const number = Number(change);
    return [number, { change: number, ...(patchset === undefined ? {} : { patchset: Number(patchset) }), set, at }];
  });
}
