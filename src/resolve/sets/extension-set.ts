/** `extension-sets/NAME.yaml`: which components, from where, by which branch policy; sets extend sets. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';
import { parseComponentName } from './component-name.ts';
import type { ComponentKind } from '../lock/lockfile.ts';
import { knownSets, readSetFile, type SetFile } from './set-file.ts';

type Sources = SetFile['sources'];

interface Pin {
  readonly kind: 'branch' | 'tag' | 'commit';
  readonly name: string;
}

export interface SetComponent {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly path: string;
  readonly url: string;
  readonly pin?: Pin;
  /** Files that register something, where it isn't the usual one. */
  readonly manifests?: readonly string[];
  readonly at: SourceRange;
}

export interface BranchRule {
  /** `wmf/{train}`: `{...}` is replaced by a variable. */
  readonly template: string;
  readonly at: SourceRange;
}

export interface ExtensionSet {
  readonly name: string;
  readonly file: string;
  /** In the order in which they are tried. */
  readonly branches: readonly BranchRule[];
  readonly variables: Readonly<Record<string, string>>;
  /** What the runtime offers; unchecked where the set doesn't say. */
  readonly platform: { readonly php?: string; readonly extensions?: readonly string[] };
  readonly components: readonly SetComponent[];
}

/**
 * Reads a set and what it extends.
 * @returns fails with `yaml/*`, `resolve/unknown-set`, `resolve/set-cycle`, `resolve/wrong-component`,
 * `resolve/listed-twice`, `resolve/no-source`, `resolve/no-branches`
 */
export async function readSet(root: string, set: string): Promise<Outcome<ExtensionSet>> {
  const chain = await readChain(root, { name: set, via: [] });
  return chain.ok ? mergeChain(set, chain.value) : chain;
}

interface Reference {
  readonly name: string;
  readonly via: readonly string[];
  readonly at?: SourceRange;
}

/** The set's file last, those that it extends before it, each once. */
async function readChain(root: string, reference: Reference): Promise<Outcome<YamlDocument<SetFile>[]>> {
  const { name: set, via, at } = reference;
  const known = await knownSets(root);
  if (!known.includes(set)) return fail(unknownSet(reference, known));
  if (via.includes(set)) {
    const message = `${[...via, set].join(' extends ')}: a circle`;
    return fail({
      code: 'resolve/set-cycle',
      message,
      hint: 'remove one of them',
      ...(at === undefined ? {} : { at }),
    });
  }
  const document = await readSetFile(root, set);
  if (!document.ok) return document;
  const files: YamlDocument<SetFile>[] = [];
  for (const [index, parent] of document.value.value.extends.entries()) {
    const place = document.value.at(['extends', index]);
    const inherited = await readChain(root, { name: parent, via: [...via, set], at: place });
    if (!inherited.ok) return inherited;
    files.push(...inherited.value.filter((file) => !files.some((other) => other.file === file.file)));
  }
  return ok([...files, document.value]);
}

function unknownSet({ name: set, at }: Reference, known: readonly string[]): Diagnostic {
  const near = nearest(set, known);
  return {
    code: 'resolve/unknown-set',
    message: `there is no extension set ${quote(set)}`,
    hint: near === undefined ? `sets here: ${known.join(', ') || 'none'}` : `did you mean ${near}?`,
    ...(at === undefined ? {} : { at }),
  };
}

function mergeChain(set: string, chain: readonly YamlDocument<SetFile>[]): Outcome<ExtensionSet> {
  const wrong: Diagnostic[] = [];
  const components = new Map<string, SetComponent>();
  const own = chain.at(-1);
  const sources: Sources = Object.assign({}, ...chain.map((document) => document.value.sources)) as Sources;
  for (const document of chain) {
    for (const component of componentsOf(document, sources, wrong)) components.set(component.name, component);
  }
  const policy = chain.findLast((document) => document.value.branches !== undefined);
  if (policy === undefined && own !== undefined) {
    wrong.push({
      code: 'resolve/no-branches',
      message: `${quote(set)} has no branch policy`,
      hint: 'add for example branches: [master]',
      at: own.at([]),
    });
  }
  const value: ExtensionSet = {
    name: set,
    file: own?.file ?? '',
    branches: (policy?.value.branches ?? []).map((template, index) => ({
      template,
      at: policy?.at(['branches', index]) ?? { file: '', line: 1, column: 1, length: 1 },
    })),
    variables: Object.assign({}, ...chain.map((document) => document.value.variables)) as Record<string, string>,
    platform: Object.assign({}, ...chain.map((document) => document.value.platform)) as ExtensionSet['platform'],
    components: [...components.values()],
  };
  return settle(value, wrong);
}

function componentsOf(document: YamlDocument<SetFile>, sources: Sources, wrong: Diagnostic[]): readonly SetComponent[] {
  const seen = new Map<string, number>();
  return document.value.components.flatMap((listed, index) => {
    const entry = typeof listed === 'string' ? { name: listed } : listed;
    const at = document.at(typeof listed === 'string' ? ['components', index] : ['components', index, 'name']);
    const known = readComponent(entry, sources);
    if ('code' in known) {
      wrong.push({ ...known, at });
      return [];
    }
    const first = seen.get(known.name);
    seen.set(known.name, first ?? at.line);
    if (first !== undefined) {
      const message = `${quote(known.name)} is listed twice, first in line ${first}`;
      wrong.push({ code: 'resolve/listed-twice', message, hint: 'remove one of the two', at });
    }
    return [{ ...known, at }];
  });
}

interface Entry {
  readonly name: string;
  readonly url?: string | undefined;
  readonly path?: string | undefined;
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly commit?: string | undefined;
  readonly manifests?: readonly string[] | undefined;
}

function readComponent(entry: Entry, sources: Sources): Omit<SetComponent, 'at'> | Diagnostic {
  const named = parseComponentName(entry.name);
  if (named === undefined) {
    const hint = 'write core, vendor, an extension as Cite, a skin as skins/Vector';
    return { code: 'resolve/wrong-component', message: `${quote(entry.name)} is no name of a component`, hint };
  }
  const pins = (['branch', 'tag', 'commit'] as const).flatMap((kind) => {
    const pinned = entry[kind];
    return pinned === undefined ? [] : [{ kind, name: pinned }];
  });
  const [pin, second] = pins;
  if (second !== undefined) {
    const message = `${quote(entry.name)} is pinned to a ${String(pin?.kind)} and to a ${second.kind}`;
    return { code: 'resolve/wrong-component', message, hint: 'keep one of them' };
  }
  const kind = entry.path === undefined ? named.kind : 'library';
  const template = entry.url ?? (kind === 'library' ? undefined : sources[kind]);
  if (template === undefined) {
    const hint = `add under sources: ${kind}: https://.../{name}`;
    return { code: 'resolve/no-source', message: `the set does not say where ${quote(entry.name)} comes from`, hint };
  }
  return {
    name: entry.name.replace(/^extensions\//, ''),
    kind,
    path: entry.path ?? named.path,
    url: template.replaceAll('{name}', named.repo),
    ...(pin === undefined ? {} : { pin }),
    ...(entry.manifests === undefined ? {} : { manifests: entry.manifests }),
  };
}
