/** The short names of components: `core`, `vendor`, `Cite` (an extension), `skins/Vector`. */
import type { ComponentKind } from '../lock/lockfile.ts';

export interface NamedComponent {
  readonly kind: ComponentKind;
  /** What fills `{name}` of a source's url. */
  readonly repo: string;
  /** Where it is mounted. */
  readonly path: string;
}

/** Undefined for a name that no component can have. */
export function parseComponentName(name: string): NamedComponent | undefined {
  if (name === 'core') return { kind: 'core', repo: 'core', path: '' };
  if (name === 'vendor') return { kind: 'vendor', repo: 'vendor', path: 'vendor' };
  const found = /^(?:(skins|extensions)\/)?([A-Za-z0-9][A-Za-z0-9_.-]*)$/.exec(name);
  const repo = found?.[2];
  if (repo === undefined) return undefined;
  return found?.[1] === 'skins'
    ? { kind: 'skin', repo, path: `skins/${repo}` }
    : { kind: 'extension', repo, path: `extensions/${repo}` };
}
