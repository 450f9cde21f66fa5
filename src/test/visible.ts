/**
 * Which homes (classes, functions, services, files) can hold or reach another: whoever names it, whoever is given it,
 * and so on. Calls are matched by the name of the method alone, so this is what keeps one `getId()` from meaning all.
 */
import type { CodeGraph, GraphUnit, RegisteredEntry } from './code-graph.ts';
import { isTestFile } from './component-index.ts';
import { hookMethod } from './hooks.ts';

export function visibleFrom(graph: CodeGraph, homes: readonly string[]): ReadonlySet<string> {
  const visible = new Set(homes);
  for (const home of visible) for (const next of seers(graph, home)) visible.add(next);
  return visible;
}

function seers(graph: CodeGraph, home: string): string[] {
  if (home.startsWith('service:')) return serviceUsers(graph, home.slice('service:'.length));
  const entries = graph.familyOf(home).flatMap((name) => graph.entriesOf(name));
  return [
    ...homesOf(graph.naming(home)),
    // A plain name in a string may be this class: old ones have no namespace.
    ...(home.includes('\\') ? [] : homesOf(graph.saying(graph.classes.get(home)?.name ?? home))),
    ...parentsOf(graph, home),
    ...graph.settingsNaming(home).flatMap((key) => homesOf([...graph.saying(key), ...graph.saying(`wg${key}`)])),
    ...entries.flatMap(({ hook }) => (hook === undefined ? [] : homesOf(hookRunners(graph, hook)))),
  ];
}

/** Who knows a parent may be handed the child; a test hands itself only to what it calls by itself. */
function parentsOf(graph: CodeGraph, home: string): string[] {
  const child = graph.classes.get(home);
  if (child === undefined || isTestFile(child.file.path)) return [];
  return child.supers.filter((name) => graph.classes.has(name));
}

/** Those that ask for the service by name, and the registered classes that are given it. */
function serviceUsers(graph: CodeGraph, service: string): string[] {
  const given = graph.entriesWith(service).flatMap(({ entry }: RegisteredEntry) => entry.classes);
  return [...homesOf(graph.saying(service)), ...given.filter((name) => graph.classes.has(name))];
}

/** Code of the set that runs the hook: `->onFoo(…)`, or by its name. */
export function hookRunners(graph: CodeGraph, hook: string): GraphUnit[] {
  const method = hookMethod(hook);
  const calling = graph.calling(method).filter((unit) => unit.calls.includes(method));
  return [...calling, ...graph.saying(hook)];
}

function homesOf(units: readonly GraphUnit[]): string[] {
  return units.map((unit) => unit.home);
}
