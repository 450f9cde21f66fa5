/**
 * From changed units to every unit whose behaviour may change with them: callers, users, those that are handed it.
 * Breadth first, so the path kept for each is a shortest one. What leaves the code that is read (MediaWiki itself calls
 * it, at a time of its own) is a reach: it touches every test with a wiki of the component, or of the whole set.
 */
import { isTestUnit, type CodeGraph, type GraphUnit, type RegisteredEntry } from './code-graph.ts';
import { hookMethod } from './hooks.ts';
import { hookRunners, visibleFrom } from './visible.ts';

export interface Affected {
  readonly unit: GraphUnit;
  readonly how: string;
  readonly from?: Affected;
}

export interface Reach {
  readonly scope: 'component' | 'set';
  /** Path of the component. */
  readonly component: string;
  readonly how: string;
  readonly from: Affected;
  /** Where the parser calls it: the tags and functions that ask for it. */
  readonly words?: readonly string[];
}

export interface Spread {
  readonly affected: readonly Affected[];
  readonly reaches: readonly Reach[];
}

type Found = Pick<Affected, 'unit' | 'how'>;

export function spreadFrom(graph: CodeGraph, changed: readonly Found[]): Spread {
  const visible = visibleFrom(
    graph,
    changed.map(({ unit }) => unit.home),
  );
  const affected = new Map<GraphUnit, Affected>(changed.map((seed) => [seed.unit, seed]));
  const reaches: Reach[] = [];
  /** Changed units from which a way led on: out of what is read, or into another's way. Tests alone prove no use. */
  const led = new Set<Affected>();
  for (const from of affected.values()) {
    if (from.from === undefined && isTestUnit(from.unit)) led.add(from);
    for (const { unit, how } of next(graph, from.unit)) {
      if (!visible.has(unit.home)) continue;
      const known = affected.get(unit);
      if (known === undefined) affected.set(unit, { unit, how, from });
      else if (rootOf(known) !== rootOf(from)) led.add(rootOf(from));
    }
    for (const reach of reachesOf(graph, from.unit)) {
      reaches.push({ ...reach, from });
      led.add(rootOf(from));
    }
  }
  const lost = [...affected.values()].filter((one) => one.from === undefined && !led.has(one));
  const unused = lost.map((from): Reach => {
    return { scope: 'component', component: from.unit.component.path, how: 'is used by nobody that is seen', from };
  });
  return { affected: [...affected.values()], reaches: [...reaches, ...unused] };
}

function rootOf(affected: Affected): Affected {
  let root = affected;
  while (root.from !== undefined) root = root.from;
  return root;
}

function next(graph: CodeGraph, unit: GraphUnit): Found[] {
  if (unit.owner !== '') return [...nextOfMember(graph, unit), ...hookRunsOf(graph, unit)];
  if (unit.name === '') return nextOfFile(graph, unit);
  if (unit.name.startsWith('service:')) {
    const service = unit.name.slice('service:'.length);
    return tell(graph.saying(service), `asks for the service ${service}`);
  }
  return tell(graph.naming(unit.name), `calls ${unit.name}()`);
}

function nextOfMember(graph: CodeGraph, unit: GraphUnit): Found[] {
  const users = graph.familyOf(unit.home).flatMap((name) => graph.naming(name));
  if (unit.name === '') {
    return [...tell(graph.unitsOf(unit.home), `is part of ${unit.owner}`), ...tell(users, `uses ${unit.owner}`)];
  }
  // PHP calls these by itself, wherever there is such an object.
  if (unit.name.startsWith('__')) return tell(users, `uses ${unit.owner}`);
  return [
    ...tell(graph.calling(unit.name), `calls ${unit.name}()`),
    ...tell(
      graph.sayingMethod(unit.name).filter((user) => !user.deferred.includes(unit.name)),
      `names ${unit.name}()`,
    ),
  ];
}

/** The top level of a file is run by whoever loads it: all that it defines, and those who use that. */
function nextOfFile(graph: CodeGraph, unit: GraphUnit): Found[] {
  const inside = unit.file.symbols.classes.flatMap((one) => graph.unitsOf(one.name.toLowerCase()));
  const beside = graph.units.filter((other) => other.file === unit.file);
  return tell([...inside, ...beside], `is loaded with ${unit.file.path}`);
}

function hookRunsOf(graph: CodeGraph, unit: GraphUnit): Found[] {
  return handledHooks(graph, unit).flatMap(({ hook }) => tell(hookRunners(graph, hook), `runs the hook ${hook}`));
}

function handledHooks(graph: CodeGraph, unit: GraphUnit): { hook: string; registered: RegisteredEntry }[] {
  return graph.familyOf(unit.home).flatMap((name) =>
    graph.entriesOf(name).flatMap((registered) => {
      const { hook, entry } = registered;
      if (hook === undefined) return [];
      const whole = unit.name === '' || unit.name === '__construct';
      const named = unit.name === hookMethod(hook) || entry.methods.includes(`${name}::${unit.name}`);
      return whole || named ? [{ hook, registered }] : [];
    }),
  );
}

function reachesOf(graph: CodeGraph, unit: GraphUnit): Omit<Reach, 'from'>[] {
  if (isTestUnit(unit)) return [];
  const component = unit.component.path;
  if (unit.owner !== '') return reachesOfMember(graph, unit);
  if (!unit.name.startsWith('service:')) {
    return [{ scope: 'component', component, how: 'is loaded by MediaWiki' }];
  }
  return graph.entriesWith(unit.name.slice('service:'.length)).flatMap((registered) => reachOfEntry(graph, registered));
}

function reachesOfMember(graph: CodeGraph, unit: GraphUnit): Omit<Reach, 'from'>[] {
  const component = unit.component.path;
  const hooks = handledHooks(graph, unit).flatMap(({ registered }) => reachOfEntry(graph, registered));
  const entries = graph
    .familyOf(unit.home)
    .flatMap((name) => graph.entriesOf(name))
    .filter(({ hook }) => hook === undefined)
    .flatMap((registered) => reachOfEntry(graph, registered));
  const outside = superOutside(graph, unit.home);
  return [
    ...hooks,
    ...entries,
    ...(outside === undefined
      ? []
      : [{ scope: 'component' as const, component, how: `MediaWiki calls it as ${outside}` }]),
    ...parserReach(graph, unit),
  ];
}

function parserReach(graph: CodeGraph, unit: GraphUnit): Omit<Reach, 'from'>[] {
  const handing = graph.deferring(unit.name);
  if (handing.length === 0) return [];
  const words = handing.flatMap(({ strings }) => strings.map((text) => text.toLowerCase()));
  return [{ scope: 'component', component: unit.component.path, how: 'is called where wikitext asks for it', words }];
}

/** Kinds of entries that MediaWiki uses only when their page, module, job or log entry is asked for. */
const ASKED_FOR = new Set(
  `SpecialPages APIModules APIListModules APIPropModules APIMetaModules APIFormatModules Actions JobClasses
  LogActionsHandlers LogHandlers ContentHandlers RestRoutes ResourceModules MediaHandlers FeedClasses ConfigRegistry
  ParsoidModules ValidSkinNames ResourceModuleSkinStyles`.split(/\s+/),
);

function reachOfEntry(graph: CodeGraph, { component, entry, hook }: RegisteredEntry): Omit<Reach, 'from'>[] {
  const own = (how: string) => ({ scope: 'component' as const, component: component.path, how });
  if (hook !== undefined) {
    if (hookRunners(graph, hook).some((unit) => !isTestUnit(unit))) return [own(`handles the hook ${hook}`)];
    return [{ scope: 'set', component: component.path, how: `MediaWiki runs the hook ${hook} in any wiki` }];
  }
  if (entry.kind === 'attributes') {
    const extended = graph.components.filter(({ registered }) => registered === entry.item);
    const how = `is registered with ${entry.item}`;
    return [own(how), ...extended.map(({ path }) => ({ scope: 'component' as const, component: path, how }))];
  }
  if (ASKED_FOR.has(entry.kind)) return [own(`is registered under ${entry.kind}`)];
  return [{ scope: 'set', component: component.path, how: `is registered under ${entry.kind}: used in any wiki` }];
}

const BUILT_IN = new Set(
  `arrayaccess arrayiterator arrayobject backedenum closure countable datetimeinterface domainexception error exception
  invalidargumentexception iterator iteratoraggregate jsonserializable logicexception outofboundsexception
  rangeexception runtimeexception stringable throwable traversable unexpectedvalueexception unitenum`.split(/\s+/),
);

/** A parent that is none of the set's nor PHP's own: MediaWiki's or a library's, which calls what it declares. */
function superOutside(graph: CodeGraph, home: string): string | undefined {
  const seen = new Set([home]);
  for (const name of seen) {
    const known = graph.classes.get(name);
    if (known === undefined && !BUILT_IN.has(name)) return name;
    // Of a parent's meanings in a namespace, the one that exists is meant.
    const supers = known?.supers ?? [];
    const found = supers.filter((one) => graph.classes.has(one));
    for (const one of found.length > 0 ? found : supers) seen.add(one);
  }
  return undefined;
}

function tell(units: readonly GraphUnit[], how: string): Found[] {
  return units.map((unit) => ({ unit, how }));
}
