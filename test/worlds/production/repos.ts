/**
 * The repos of Wikimedia's production wikis and how they depend on each other, as `edges.json` has them: their names, and
 * hard, test-extra and phan edges. That file's `source` says where it is from.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProductionRepo {
  /** As a set lists it: `Echo`, `skins/Vector`. */
  readonly name: string;
  /** Below the remotes: `mediawiki/extensions/Echo`. */
  readonly path: string;
  readonly kind: 'extension' | 'skin';
  /** The name by which others require it. */
  readonly registered: string;
  /** A class of it that others import. */
  readonly class: string;
  /** Made from MediaWiki's source, not generated. */
  readonly real: boolean;
  /** Names of repos; extras and phan name five that production's list lacks (UserMerge, WebAuthn, ...). */
  readonly hard: readonly string[];
  readonly extras: readonly string[];
  readonly phan: readonly string[];
}

interface EdgesFile {
  readonly repos: Readonly<Record<string, Listed>>;
}
interface Listed {
  readonly hard?: readonly string[];
  readonly extras?: readonly string[];
  readonly phan?: readonly string[];
  readonly real?: { readonly registered: string; readonly class: string };
}

/** All 194, in the order of production's list. */
export function productionRepos(): readonly ProductionRepo[] {
  const file = JSON.parse(readFileSync(join(import.meta.dirname, 'edges.json'), 'utf8')) as EdgesFile;
  return Object.entries(file.repos).map(([name, listed]) => ({ ...described(name, listed) }));
}

/** Also for a name that is on no list: what code imports of a repo that the set doesn't have. */
export function described(name: string, { hard = [], extras = [], phan = [], real }: Listed = {}): ProductionRepo {
  const kind = name.startsWith('skins/') ? 'skin' : 'extension';
  return {
    name,
    kind,
    path: `mediawiki/${kind === 'skin' ? name : `extensions/${name}`}`,
    // The one generated repo of which it is known that it registers another name than its own.
    registered: real?.registered ?? (name === 'Wikibase' ? 'WikibaseRepository' : name.replace(/^skins\//, '')),
    class: real?.class ?? `${namespaceOf(name)}\\${wordOf(name)}Store`,
    real: real !== undefined,
    ...{ hard, extras, phan },
  };
}

export function namespaceOf(name: string): string {
  return `MediaWiki\\${name.startsWith('skins/') ? 'Skins' : 'Extension'}\\${wordOf(name)}`;
}

/** The name as PHP takes it: `3D` is ThreeD, `Wikidata.org` is WikidataOrg. */
export function wordOf(name: string): string {
  const words = name
    .replace(/^skins\//, '')
    .replace(/^3/, 'Three')
    .split(/[^A-Za-z0-9]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
