/** What can't stand twice in a set: a registered name, which MediaWiki refuses to load twice, and a repo. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { bareUrl } from '../lock/match-component.ts';
import type { CheckedComponent } from './set-facts.ts';

/** Each is told at the later of the two, where the set lists it. */
export function checkDuplicates(components: readonly CheckedComponent[]): Diagnostic[] {
  return [...sameRepo(components), ...sameName(components)];
}

/** A library may stand in two places, in two versions. */
function sameRepo(components: readonly CheckedComponent[]): Diagnostic[] {
  const repos = components.filter(({ component }) => component.kind !== 'library');
  return pairs(repos, ({ component }) => bareUrl(component.url)).flatMap(([first, later]) => {
    if (first.component.name === later.component.name) return [];
    return {
      code: 'resolve/same-repo' as const,
      message: `${later.component.name} and ${first.component.name} are one repo: ${later.component.url}`,
      hint: `keep one of them; the other is in ${placeOf(first)}`,
      at: later.listed,
    };
  });
}

function sameName(components: readonly CheckedComponent[]): Diagnostic[] {
  const named = components.filter(({ component }) => component.registered !== undefined);
  return pairs(named, ({ component }) => (component.registered ?? '').toLowerCase()).flatMap(([first, later]) => {
    const [one, other] = [first.component, later.component];
    if (bareUrl(one.url) === bareUrl(other.url) && one.name !== other.name) return []; // told already
    const same = one.registered === other.registered;
    const names = same
      ? quote(other.registered ?? '')
      : `${quote(one.registered ?? '')} and ${quote(other.registered ?? '')}`;
    const who = one.name === other.name ? `two files of ${one.name}` : `${one.name} and ${other.name}`;
    return {
      code: 'resolve/registered-twice' as const,
      message: `${who} register ${names}${same ? ', which MediaWiki loads once only' : ', which differ in case only'}`,
      hint:
        one.name === other.name ? 'name one of its manifests' : `keep one of them; the other is in ${placeOf(first)}`,
      at: later.listed,
    };
  });
}

/** Each that shares its key with one before it, with that one. */
function pairs(
  components: readonly CheckedComponent[],
  key: (component: CheckedComponent) => string,
): (readonly [CheckedComponent, CheckedComponent])[] {
  const known = new Map<string, CheckedComponent>();
  return components.flatMap((component) => {
    const first = known.get(key(component));
    if (first === undefined) known.set(key(component), component);
    return first === undefined ? [] : [[first, component] as const];
  });
}

function placeOf({ listed }: CheckedComponent): string {
  return `${listed.file.replace(/^.*\//, '')}:${listed.line}`;
}
