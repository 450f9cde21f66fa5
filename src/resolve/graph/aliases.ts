/**
 * Which component a name belongs to. One thing has many: the extension Echo has the repo `Echo`, the namespace
 * `MediaWiki\Extension\Notifications`, and hooks and services without either word in them.
 */
import type { ComponentKind } from '../lock/lockfile.ts';
import { hookWord, type CodeFacts } from './code-facts.ts';

export interface ReadComponent {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly path: string;
  readonly tree: string;
  readonly facts: CodeFacts;
}

/** Each gives names of components; several where several have it, none where none has. */
export interface Aliases {
  /** By registered name, else by repo, else by either in another case. */
  component(name: string, of?: 'extension' | 'skin'): readonly string[];
  /** By mount path. */
  mount(path: string): readonly string[];
  /** By the class, else by the longest namespace. */
  class(name: string): readonly string[];
  /** By the interface, else by who runs it. */
  hook(name: string): readonly string[];
  service(name: string): readonly string[];
  /** `EchoNotifications` of manifest 1, by the registered name that it begins with. */
  key(name: string): readonly string[];
}

type Index = ReadonlyMap<string, readonly string[]>;

export function aliasesOf(components: readonly ReadComponent[]): Aliases {
  const index = (names: (one: ReadComponent) => readonly string[]): Index => indexBy(components, names);
  const registered = index(({ facts, kind }) => facts.registered.map((name) => `${kind}:${name}`));
  const repos = index(({ name, kind }) => [`${kind}:${shortName(name)}`]);
  const lower = index(({ facts, name, kind }) =>
    [...facts.registered, shortName(name)].map((one) => `${kind}:${one.toLowerCase()}`),
  );
  const paths = index(({ path }) => [path]);
  const classes = index(({ facts }) => facts.classes);
  const namespaces = index(({ facts }) => facts.namespaces);
  const hooks = index(({ facts }) => facts.hooks.map(hookWord));
  const runs = index(({ facts }) => facts.runs.map(hookWord));
  const services = index(({ facts }) => facts.services);
  const prefixes = index(({ facts }) => facts.registered);
  return {
    component: (name, of) => {
      const kinds = of === undefined ? ['extension', 'skin'] : [of];
      const places = [registered, repos].flatMap((one) => kinds.map((kind) => one.get(`${kind}:${name}`)));
      const found = places.find((one) => one !== undefined);
      return found ?? kinds.map((kind) => lower.get(`${kind}:${name.toLowerCase()}`)).find(Boolean) ?? [];
    },
    mount: (path) => paths.get(path) ?? [],
    class: (name) => classes.get(name) ?? byNamespace(namespaces, name),
    hook: (name) => hooks.get(hookWord(name)) ?? runs.get(hookWord(name)) ?? [],
    service: (name) => services.get(name) ?? [],
    key: (name) => byPrefix(prefixes, name),
  };
}

function indexBy(components: readonly ReadComponent[], names: (one: ReadComponent) => readonly string[]): Index {
  const index = new Map<string, string[]>();
  for (const component of components) {
    for (const name of new Set(names(component))) {
      const known = index.get(name);
      if (known === undefined) index.set(name, [component.name]);
      else known.push(component.name);
    }
  }
  return index;
}

function shortName(name: string): string {
  return name.replace(/^skins\//, '');
}

/** Everybody lives below these: that core declares one of them says nothing about what is deeper in it. */
const SHARED = /^(MediaWiki|Wikimedia|MediaWiki\\(Extensions?|Skins?))$/i;

function byNamespace(namespaces: Index, name: string): readonly string[] {
  const parent = name.lastIndexOf('\\');
  for (let end = name.length; end > 0; end = name.lastIndexOf('\\', end - 1)) {
    const namespace = name.slice(0, end);
    if (SHARED.test(namespace) && end !== parent) return [];
    const found = namespaces.get(namespace);
    if (found !== undefined) return found;
  }
  return [];
}

/** `MathRenderers` is Math's, `Mathoid` is nobody's: the next word begins with a capital. */
function byPrefix(prefixes: Index, key: string): readonly string[] {
  for (let end = key.length - 1; end >= 3; end -= 1) {
    if (!/[A-Z]/.test(key.charAt(end))) continue;
    const found = prefixes.get(key.slice(0, end));
    if (found !== undefined) return found;
  }
  return [];
}
