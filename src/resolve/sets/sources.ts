/** Where repos live: a url's template for each kind, unnamed or by the name of a remote, and the Gerrit beside it. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';
import type { ComponentKind } from '../lock/lockfile.ts';
import { inherit, type Ancestors, type Owned } from './inherit.ts';
import { checkUrl } from './safe-names.ts';
import type { SetFile } from './set-file.ts';

/** A url's template, and the Gerrit that reviews what it makes. */
interface Remote {
  readonly template: string;
  readonly gerrit?: string;
}

type Remotes = ReadonlyMap<ComponentKind, Remote>;

/** What a component of a set can come from. */
export interface Sources {
  /** For components that name no source, by kind. */
  readonly unnamed: ReadonlyMap<ComponentKind, Owned<Remote>>;
  readonly named: ReadonlyMap<string, Owned<Remotes>>;
}

const KINDS: readonly ComponentKind[] = ['core', 'vendor', 'extension', 'skin', 'library'];
export const WIKIMEDIA_BASE = 'https://gerrit.wikimedia.org/r/';

/** Where repos are below a Gerrit that is laid out as Wikimedia's. */
export function overBase(base: string) {
  return {
    core: `${base}mediawiki/core`,
    vendor: `${base}mediawiki/vendor`,
    extension: `${base}mediawiki/extensions/{name}`,
    skin: `${base}mediawiki/skins/{name}`,
    library: `${base}{name}`,
    gerrit: base,
  };
}

const WIKIMEDIA = remotesOf(overBase(WIKIMEDIA_BASE));

/** Where Wikimedia's Gerrit has it, by its name: `Cite`, `skins/Vector`. */
export function wikimediaUrl({ kind, name }: { readonly kind: ComponentKind; readonly name: string }): string {
  const template = WIKIMEDIA.get(kind)?.template ?? '';
  return template.replaceAll('{name}', kind === 'skin' ? name.replace(/^skins\//, '') : name);
}

/** Every set knows Wikimedia's Gerrit by name. */
const BUILT_IN: Sources = { unnamed: new Map(), named: new Map([['wikimedia', { set: '', value: WIKIMEDIA }]]) };

export function inheritSources(parents: readonly Sources[], ancestors: Ancestors): Sources {
  const all = parents.length === 0 ? [BUILT_IN] : parents;
  return {
    unnamed: inherit<ComponentKind, Owned<Remote>>(
      all.map((one) => one.unnamed),
      ancestors,
    ),
    named: inherit<string, Owned<Remotes>>(
      all.map((one) => one.named),
      ancestors,
    ),
  };
}

/** `over` before `under`. */
export function overSources(under: Sources, over: Sources): Sources {
  return {
    unnamed: new Map([...under.unnamed, ...over.unnamed]),
    named: new Map([...under.named, ...over.named]),
  };
}

/** What a set named `wikimedia-*` falls back on where neither it nor what it extends says where repos live. */
export function withDefault(set: string, sources: Sources): Sources {
  if (!set.startsWith('wikimedia-')) return sources;
  return { ...sources, unnamed: new Map([...ownedBy(set, WIKIMEDIA), ...sources.unnamed]) };
}

/** What a set's own file says; `inherited` are the names that it may choose from besides its own. */
export function ownSources(
  { set, document }: { readonly set: string; readonly document: YamlDocument<SetFile> },
  inherited: Sources,
  wrong: Diagnostic[],
): Sources {
  const { sources, source: chosen } = document.value;
  const remotes = Object.entries(sources).flatMap(([name, value]) =>
    typeof value === 'object' ? [[name, { set, value: remotesOf(value) }] as const] : [],
  );
  const unnamed = Object.fromEntries(Object.entries(sources).filter(([, value]) => typeof value === 'string'));
  wrong.push(...unsafeTemplates(document));
  const named: Sources['named'] = new Map(remotes);
  const base = chosen === undefined ? undefined : (named.get(chosen) ?? inherited.named.get(chosen));
  if (chosen !== undefined && base === undefined) {
    wrong.push(unknownSource(chosen, [...named.keys(), ...inherited.named.keys()], document.at(['source'])));
  }
  const beside = new Map([...inherited.unnamed].map(([kind, { value }]) => [kind, value]));
  const own = remotesOf(unnamed, beside);
  return { unnamed: ownedBy(set, new Map([...(base?.value ?? []), ...own])), named };
}

function ownedBy(set: string, remotes: Remotes): Map<ComponentKind, Owned<Remote>> {
  return new Map([...remotes].map(([kind, value]) => [kind, { set, value }]));
}

type Written = { readonly [kind in ComponentKind | 'gerrit']?: string | undefined };

/** A Gerrit without templates stands beside those that are inherited. */
function remotesOf(written: Written, inherited: Remotes = new Map()): Remotes {
  const gerrit = written.gerrit === undefined ? {} : { gerrit: written.gerrit.replace(/\/*$/, '/') };
  const own = KINDS.flatMap((kind) => {
    const template = written[kind];
    return template === undefined ? [] : [[kind, { template, ...gerrit }] as const];
  });
  if (own.length > 0 || written.gerrit === undefined) return new Map(own);
  return new Map([...inherited].map(([kind, remote]) => [kind, { ...remote, ...gerrit }]));
}

function unsafeTemplates(document: YamlDocument<SetFile>): Diagnostic[] {
  const written = Object.entries(document.value.sources).flatMap(([key, value]) =>
    typeof value === 'object'
      ? Object.entries(value as Written).map(([kind, url]) => ({ path: [key, kind], url }))
      : [{ path: [key], url: value }],
  );
  return written.flatMap(({ path, url }) => {
    if (url === undefined) return [];
    const repo = path.at(-1) === 'gerrit' ? `${url}/{name}` : url;
    return urlMistakes(repo, document.at(['sources', ...path]));
  });
}

/** Of a url or of a template of urls. */
export function urlMistakes(template: string, at: SourceRange): readonly Diagnostic[] {
  const url = checkUrl(template.replaceAll('{name}', 'NAME'), at);
  return url.ok ? [] : url.diagnostics;
}

export function unknownSource(name: string, known: readonly string[], at: SourceRange): Diagnostic {
  const near = nearest(name, known);
  const hint = near === undefined ? `sources here: ${[...new Set(known)].join(', ')}` : `did you mean ${near}?`;
  return { code: 'resolve/unknown-source', message: `no source ${quote(name)}`, hint, at };
}
