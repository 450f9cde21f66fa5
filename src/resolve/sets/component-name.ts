/** The names of components as people write them: `core`, `Cite`, `extensions/Cite`, `mediawiki/skins/Vector`. */
import type { ComponentKind } from '../lock/lockfile.ts';

export interface NamedComponent {
  /** The shortest that says which it is: `core`, `Cite` (an extension), `skins/Vector`. */
  readonly name: string;
  readonly kind: ComponentKind;
  /** What fills `{name}` of a source's url. */
  readonly repo: string;
  /** Where it is mounted. */
  readonly path: string;
}

/** Undefined for a name that no component can have. */
export function parseComponentName(written: string): NamedComponent | undefined {
  const name = written.replace(/^mediawiki\/(?=core$|vendor$|skins\/|extensions\/)/, '');
  if (name === 'core' || name === 'vendor') return namedComponent(name, name);
  const found = /^(?:(skins|extensions)\/)?([A-Za-z0-9][A-Za-z0-9_.-]*)$/.exec(name);
  const repo = found?.[2];
  if (repo === undefined || repo.toLowerCase().endsWith('.git')) return undefined;
  return namedComponent(found?.[1] === 'skins' ? 'skin' : 'extension', repo);
}

/** `VisualEditor/VisualEditor`: a repo by its whole path, which no source's template can make. */
export function parseRepoPath(written: string): NamedComponent | undefined {
  const segment = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
  const segments = written.split('/');
  const safe = segments.length > 1 && segments.every((one) => segment.test(one) && !one.toLowerCase().endsWith('.git'));
  return safe ? { name: written, kind: 'library', repo: written, path: written } : undefined;
}

/** The component of this kind whose repo is named so. */
export function namedComponent(kind: ComponentKind, repo: string): NamedComponent {
  switch (kind) {
    case 'core':
      return { name: 'core', kind, repo, path: '' };
    case 'vendor':
      return { name: 'vendor', kind, repo, path: 'vendor' };
    case 'skin':
      return { name: `skins/${repo}`, kind, repo, path: `skins/${repo}` };
    case 'extension':
      return { name: isTaken(repo) ? `extensions/${repo}` : repo, kind, repo, path: `extensions/${repo}` };
    case 'library':
      return { name: repo, kind, repo, path: repo };
  }
}

/** An extension that is called `core` is not core. */
function isTaken(repo: string): boolean {
  return repo === 'core' || repo === 'vendor';
}
