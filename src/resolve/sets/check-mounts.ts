/** Whether the components of a merged set can stand beside each other: one place each, none in another's, one spelling. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { SetComponent } from './merged-set.ts';

/** Core's own folders, and those that only hold what others mount there. */
const RESERVED = [
  ...['cache', 'docs', 'extensions', 'images', 'includes', 'languages', 'maintenance', 'mw-config', 'resources'],
  ...['skins', 'tests', 'vendor'],
];

export function checkMounts(components: readonly SetComponent[]): Diagnostic[] {
  return [...spelledTwice(components), ...mountedTwice(components), ...inReserved(components)];
}

/** On a Mac and on Windows `cite` and `Cite` are one folder. */
function spelledTwice(components: readonly SetComponent[]): Diagnostic[] {
  return pairs(components, ({ name }) => name.toLowerCase()).map(([first, later]) => ({
    code: 'resolve/two-spellings',
    message: `${quote(later.name)} and ${quote(first.name)} are one component in two spellings`,
    hint: `keep the spelling of its repo, and remove the other: ${placeOf(first)}`,
    at: later.at,
  }));
}

function mountedTwice(components: readonly SetComponent[]): Diagnostic[] {
  return pairs(components, ({ path }) => path.toLowerCase())
    .filter(([first, later]) => first.name.toLowerCase() !== later.name.toLowerCase())
    .map(([first, later]) => ({
      code: 'resolve/same-path',
      message: `${later.name} would be mounted at ${quote(later.path)}, where ${first.name} is`,
      hint: `give one of the two another path: ${placeOf(first)}`,
      at: later.at,
    }));
}

/** A library may stand inside an extension or a skin, as its submodules do; nothing else inside another component. */
function inReserved(components: readonly SetComponent[]): Diagnostic[] {
  const mounts = new Map(components.toReversed().map((one) => [one.path.toLowerCase(), one]));
  return components.flatMap((component): Diagnostic[] => {
    const { kind, path, name, at } = component;
    if (kind === 'core' || kind === 'vendor') return [];
    const above = foldersAbove(path.toLowerCase()).flatMap((folder) => mounts.get(folder) ?? []);
    const owner = above.find((one) => kind !== 'library' || one.kind === 'vendor' || one.kind === 'library');
    const reserved = RESERVED.includes(path.toLowerCase().split('/')[0] ?? '') && !/^(extensions|skins)\/./.test(path);
    if (owner === undefined && !reserved) return [];
    const where = owner === undefined ? 'a folder of core’s own' : `the folder of ${owner.name}`;
    const message = `${name} would be mounted at ${quote(path)}, in ${where}`;
    return [{ code: 'resolve/reserved-path', message, hint: 'give it another path', at }];
  });
}

/** `a/b/c` is in `a/b` and in `a`. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(0, -1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}

/** Each component that shares its key with one before it, with that one. */
function pairs(
  components: readonly SetComponent[],
  key: (component: SetComponent) => string,
): (readonly [SetComponent, SetComponent])[] {
  const first = new Map<string, SetComponent>();
  return components.flatMap((component) => {
    const before = first.get(key(component));
    if (before === undefined) first.set(key(component), component);
    return before === undefined ? [] : [[before, component] as const];
  });
}

function placeOf({ at }: SetComponent): string {
  return `${at.file.replace(/.*\//, '')}:${at.line}`;
}
