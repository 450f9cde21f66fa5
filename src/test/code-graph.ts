/** All units of all components, findable by what they define and by what they use. */
import { isTestCode, type ComponentIndex, type IndexedFile } from './component-index.ts';
import type { ClassSymbol, Unit } from './php/symbols.ts';
import type { Entry } from './registration.ts';

export interface GraphUnit extends Unit {
  readonly component: ComponentIndex;
  readonly file: IndexedFile;
  /** The class, or the function, service or file that stands alone; what sees it sees all of it. */
  readonly home: string;
}

export interface GraphClass extends ClassSymbol {
  readonly component: ComponentIndex;
  readonly file: IndexedFile;
}

export interface RegisteredEntry {
  readonly component: ComponentIndex;
  readonly entry: Entry;
  /** Hooks that it handles; undefined where it isn't a hook handler. */
  readonly hook?: string;
}

export interface CodeGraph {
  readonly components: readonly ComponentIndex[];
  readonly units: readonly GraphUnit[];
  readonly classes: ReadonlyMap<string, GraphClass>;
  readonly unitsOf: (home: string) => readonly GraphUnit[];
  readonly naming: (name: string) => readonly GraphUnit[];
  /** Units that call a method of that name, or of a name made at run time. */
  readonly calling: (method: string) => readonly GraphUnit[];
  readonly saying: (word: string) => readonly GraphUnit[];
  /** Units with the method's name in a string, in any case. */
  readonly sayingMethod: (method: string) => readonly GraphUnit[];
  /** Units with a string that is the word or begins it and goes on at run time. */
  readonly beginning: (word: string) => readonly GraphUnit[];
  readonly deferring: (method: string) => readonly GraphUnit[];
  /** Classes below it, itself included. */
  readonly familyOf: (className: string) => readonly string[];
  readonly entriesOf: (className: string) => readonly RegisteredEntry[];
  /** Registered things that are given the service. */
  readonly entriesWith: (service: string) => readonly RegisteredEntry[];
  readonly settingsNaming: (className: string) => readonly string[];
}

export function codeGraph(components: readonly ComponentIndex[]): CodeGraph {
  const units = components.flatMap((component) =>
    component.php.flatMap((file) =>
      file.symbols.units.map((unit): GraphUnit => ({ ...unit, component, file, home: homeOf(unit, component, file) })),
    ),
  );
  const entries = components.flatMap(registeredEntries);
  const tables = {
    home: group(units, (unit) => [unit.home]),
    names: group(units, (unit) => unit.names),
    calls: group(units, (unit) => unit.calls),
    strings: group(units, (unit) => unit.strings),
    callbacks: group(units, (unit) => unit.strings.map((text) => text.replace(/^.*::/, '').toLowerCase())),
    deferred: group(units, (unit) => unit.deferred),
    entries: group(entries, ({ entry }) => entry.classes),
    services: group(entries, ({ entry }) => entry.services),
  };
  const open = [...tables.strings].filter(([text]) => text.endsWith('*') && text.length > 3);
  const classes = classTable(components);
  const anyCall = tables.calls.get('*') ?? [];
  return {
    components,
    units,
    classes,
    unitsOf: (home) => tables.home.get(home) ?? [],
    naming: (name) => tables.names.get(name) ?? [],
    calling: (method) => [...(tables.calls.get(method) ?? []), ...anyCall],
    saying: (word) => tables.strings.get(word) ?? [],
    sayingMethod: (method) => tables.callbacks.get(method) ?? [],
    beginning: (word) => [
      ...(tables.strings.get(word) ?? []),
      ...open.flatMap(([text, users]) => (word.startsWith(text.slice(0, -1)) ? users : [])),
    ],
    deferring: (method) => tables.deferred.get(method) ?? [],
    familyOf: families(classes),
    entriesOf: (className) => tables.entries.get(className) ?? [],
    entriesWith: (service) => tables.services.get(service) ?? [],
    settingsNaming: settingsTable(components),
  };
}

function homeOf(unit: Unit, component: ComponentIndex, file: IndexedFile): string {
  if (unit.owner !== '') return unit.owner.toLowerCase();
  return unit.name === '' ? `${component.path}/${file.path}` : unit.name;
}

function registeredEntries(component: ComponentIndex): RegisteredEntry[] {
  return component.registrations.flatMap((registration) => [
    ...registration.entries.map((entry) => ({ component, entry })),
    ...registration.hooks.map(({ hook, entry }) => ({ component, entry, hook })),
  ]);
}

function classTable(components: readonly ComponentIndex[]): Map<string, GraphClass> {
  const classes = components.flatMap((component) =>
    component.php.flatMap((file) => file.symbols.classes.map((symbol): GraphClass => ({ ...symbol, component, file }))),
  );
  return new Map(classes.map((one) => [one.name.toLowerCase(), one]));
}

function families(classes: ReadonlyMap<string, GraphClass>): (className: string) => readonly string[] {
  const below = group([...classes], ([, symbol]) => symbol.supers);
  return (className) => {
    const family = new Set([className]);
    for (const one of family) for (const [name] of below.get(one) ?? []) family.add(name);
    return [...family];
  };
}

function settingsTable(components: readonly ComponentIndex[]): (className: string) => readonly string[] {
  const settings = components.flatMap(({ registrations }) =>
    registrations.flatMap((one) => [...one.settings].map(([key, words]) => ({ key, words }))),
  );
  const naming = group(settings, ({ words }) => words.map((word) => word.replace(/^\\/, '').toLowerCase()));
  return (className) => (naming.get(className) ?? []).map(({ key }) => key);
}

function group<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [item]);
      else members.push(item);
    }
  }
  return groups;
}

/** Whether only tests load the unit. */
export function isTestUnit(unit: GraphUnit): boolean {
  return isTestCode(unit.file.path);
}
