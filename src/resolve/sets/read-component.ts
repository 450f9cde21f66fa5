/** One entry of a set's list: its name, kind, mount and pin, each mistake at its place; its url once sources are known. */
import type { BuildChoice } from '../../kernel/build-steps.ts';
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import type { YamlDocument, YamlPath } from '../../kernel/yaml-document.ts';
import { namedComponent, parseComponentName, parseRepoPath, type NamedComponent } from './component-name.ts';
import type { BranchRule, Origin, Pin, SetComponent } from './merged-set.ts';
import { checkPath, checkRef } from './safe-names.ts';
import type { ListedComponent, SetFile } from './set-file.ts';
import { unknownSource, urlMistakes, type Sources } from './sources.ts';

/** A component as its set lists it; which url it has depends on who extends that set. */
export interface ReadComponent extends NamedComponent {
  readonly set: string;
  readonly url?: string;
  readonly source?: { readonly name: string; readonly at: SourceRange };
  readonly pin?: Pin;
  readonly branches?: readonly BranchRule[];
  readonly because?: string;
  readonly manifests?: readonly string[];
  readonly build?: BuildChoice;
  readonly at: SourceRange;
}

export interface Listing {
  readonly set: string;
  readonly document: YamlDocument<SetFile>;
  /** Of the entry: `components.3`, `groups.wikibase.0`. */
  readonly path: YamlPath;
}

/** Undefined where the entry can't be read at all; `wrong` says why, with everything else that is wrong in it. */
export function readComponent(
  listed: string | ListedComponent,
  { set, document, path }: Listing,
  wrong: Diagnostic[],
): ReadComponent | undefined {
  const entry: ListedComponent = typeof listed === 'string' ? { name: listed } : listed;
  const keyAt = (...key: YamlPath): SourceRange => document.at(typeof listed === 'string' ? path : [...path, ...key]);
  const at = keyAt('name');
  const named = nameOf(entry);
  if (typeof named === 'string') {
    const hint = 'write core, vendor, an extension as Cite, a skin as skins/Vector';
    wrong.push({ code: 'resolve/wrong-component', message: `${quote(entry.name)} ${named}`, hint, at });
    return undefined;
  }
  wrong.push(...pinMistakes(entry, keyAt), ...unsafeParts(entry, keyAt));
  const pin = pinsOf(entry)[0];
  return {
    ...named,
    set,
    ...(entry.url === undefined ? {} : { url: entry.url }),
    ...(entry.source === undefined ? {} : { source: { name: entry.source, at: keyAt('source') } }),
    ...(pin === undefined ? {} : { pin }),
    ...(entry.branches === undefined ? {} : { branches: rules(entry.branches, [...path, 'branches'], document) }),
    ...(entry.manifests === undefined ? {} : { manifests: entry.manifests }),
    ...(entry.build === undefined ? {} : { build: entry.build }),
    ...(entry.because === undefined ? {} : { because: entry.because }),
    at,
  };
}

export function rules(templates: readonly string[], path: YamlPath, document: YamlDocument<SetFile>): BranchRule[] {
  return templates.map((template, index) => ({ template, at: document.at([...path, index]) }));
}

/** Text: what is wrong with it. */
function nameOf({ name, kind, path }: ListedComponent): NamedComponent | string {
  const known = parseComponentName(name) ?? parseRepoPath(name);
  if (known === undefined) return 'is no name of a component';
  const fixed = known.kind === 'core' || known.kind === 'vendor';
  const meant = kind ?? (path === undefined || fixed ? known.kind : 'library');
  const open = known.kind === 'library' || (known.kind === 'extension' && !name.includes('/'));
  if (kind !== undefined && kind !== known.kind && !open) return `is ${article(known.kind)}, and its kind says ${kind}`;
  const component = meant === known.kind ? known : asKind(known, meant);
  if (path === undefined) {
    return meant === 'library' && !name.includes('/') ? 'is a library: say at which path' : component;
  }
  if ((meant === 'core' || meant === 'vendor') && path !== component.path)
    return `can't be at ${quote(path)}: MediaWiki looks for it elsewhere`;
  return { ...component, path };
}

/** A library keeps the name that it was listed by; another kind is named by the end of its repo's path. */
function asKind(known: NamedComponent, kind: NamedComponent['kind']): NamedComponent {
  if (kind === 'library') return { ...known, kind, path: known.repo };
  const named = namedComponent(kind, known.repo.slice(known.repo.lastIndexOf('/') + 1));
  return { ...named, repo: known.repo };
}

function article(kind: string): string {
  return kind === 'extension' ? 'an extension' : `a ${kind}`;
}

function pinsOf(entry: ListedComponent): Pin[] {
  return (['branch', 'tag', 'commit'] as const).flatMap((kind) => {
    const name = entry[kind];
    return name === undefined ? [] : [{ kind, name }];
  });
}

function pinMistakes(entry: ListedComponent, keyAt: (key: string) => SourceRange): Diagnostic[] {
  const said = [...pinsOf(entry).map(({ kind }) => `a ${kind}`), ...(entry.branches === undefined ? [] : ['branches'])];
  if (said.length < 2) return [];
  const message = `${quote(entry.name)} is pinned to ${said.join(' and to ')}`;
  return [{ code: 'resolve/wrong-component', message, hint: 'keep one of them', at: keyAt('name') }];
}

function unsafeParts(entry: ListedComponent, keyAt: (...path: YamlPath) => SourceRange): Diagnostic[] {
  const { url, path, branch, tag, branches } = entry;
  const mount = path === undefined || path === '' ? undefined : checkPath(path, keyAt('path'));
  return [
    ...(url === undefined ? [] : urlMistakes(url, keyAt('url'))),
    ...(mount === undefined || mount.ok ? [] : mount.diagnostics),
    ...(branch === undefined ? [] : refMistakes(branch, keyAt('branch'))),
    ...(tag === undefined ? [] : refMistakes(tag, keyAt('tag'))),
    ...(branches ?? []).flatMap((template, index) => refMistakes(template, keyAt('branches', index))),
  ];
}

/** Of a branch, a tag or a template of branches. */
export function refMistakes(template: string, at: SourceRange): readonly Diagnostic[] {
  const ref = checkRef(template.replaceAll(/\{[a-z0-9]*\}/g, 'NAME'), at);
  return ref.ok ? [] : ref.diagnostics;
}

/** The component with the url that `sources` give it; a mistake where they give none. */
export function locate(component: ReadComponent, sources: Sources, origin: Origin): SetComponent | Diagnostic {
  const { name, kind, repo, path, source, at } = component;
  const named = source === undefined ? undefined : sources.named.get(source.name);
  if (source !== undefined && named === undefined) {
    return unknownSource(source.name, [...sources.named.keys()], source.at);
  }
  const remote = named === undefined ? sources.unnamed.get(kind)?.value : named.value.get(kind);
  const template = component.url ?? remote?.template;
  if (template === undefined) {
    const hint = `add under sources: ${kind}: https://.../{name}`;
    const message = `the set does not say where ${quote(component.name)} comes from`;
    return { code: 'resolve/no-source', message, hint, at };
  }
  const url = template.replaceAll('{name}', repo);
  const gerrit = remote?.gerrit;
  const reviewed = gerrit !== undefined && (component.url === undefined || url.startsWith(gerrit));
  return {
    ...{ name, kind, path, url },
    ...(component.pin === undefined ? {} : { pin: component.pin }),
    ...(component.branches === undefined ? {} : { branches: component.branches }),
    ...(component.manifests === undefined ? {} : { manifests: component.manifests }),
    ...(component.build === undefined ? {} : { build: component.build }),
    ...(reviewed ? { gerrit } : {}),
    ...(component.because === undefined ? {} : { because: component.because }),
    ...{ at, origin },
  };
}
