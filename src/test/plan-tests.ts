/**
 * From facts to the test plan: which test classes a patch can make fail, each with the path from the changed line to it.
 * Pure: same facts, same plan. Whatever can't be traced widens the plan and says so.
 */
import { placeOf } from '../kernel/component-place.ts';
import { codeGraph, isTestUnit, type CodeGraph, type GraphClass } from './code-graph.ts';
import { isTestFile, needsWiki, type ComponentIndex } from './component-index.ts';
import { pathTo, step, wideStep, type BecauseStep } from './because.ts';
import type { FileChange } from './changes.ts';
import { selectParserTests, type SelectedParserTests } from './plan-parser-tests.ts';
import { requiredBy } from './relations.ts';
import { seedsOf, type Seeds, type Wide } from './seeds.ts';
import { spreadFrom, type Reach, type Spread } from './spread.ts';

export interface ImpactFacts {
  readonly components: readonly ComponentIndex[];
  /** Path of the component that the patch is in. */
  readonly patched: string;
  readonly changes: readonly FileChange[];
  /** `--all`: every test of the set, whatever changed. */
  readonly everything?: boolean;
  readonly recorded?: RecordedFacts | undefined;
}

/** What tests executed when they were recorded, and what that says of the patch. */
export interface RecordedFacts {
  /**
   * Of a test file, by its path below MediaWiki's folder: the way from a change to it; none where nothing that it
   * executes changed; undefined where the recording says nothing.
   */
  readonly verdictOf: (path: string) => Because | undefined;
  /** Changes that the verdicts cover: all others are traced by name for every test. */
  readonly isFollowed: (change: FileChange) => boolean;
}

interface SelectedTest {
  /** Path of the component. */
  readonly component: string;
  /** Below the component's folder. */
  readonly file: string;
  readonly class: string;
  readonly kind: 'unit' | 'integration';
  readonly because: readonly BecauseStep[];
}

export interface TestPlan {
  readonly version: 1;
  readonly patched: string;
  readonly selected: readonly SelectedTest[];
  readonly parserTests: readonly SelectedParserTests[];
  /** Test classes of the set that are left out, by component. */
  readonly notRun: Readonly<Record<string, number>>;
  readonly total: number;
  /** How many of all were followed by what they executed when they were recorded. */
  readonly recorded: number;
  /** Why more than the traced tests is selected. */
  readonly wider: readonly string[];
  /** Changed files that no test can see. */
  readonly unseen: readonly { readonly path: string; readonly because: string }[];
}

/** A test class that the set has. */
export type KnownTest = Omit<SelectedTest, 'because'>;
type TestClass = KnownTest & { readonly graphClass: GraphClass };
type Because = readonly BecauseStep[];

export function planTests(facts: ImpactFacts): { readonly plan: TestPlan; readonly tests: readonly KnownTest[] } {
  const graph = codeGraph(facts.components);
  const tests = testClasses(graph);
  const traced = trace(graph, facts, facts.changes);
  const { seeds, spread, wide } = traced;
  const { reasons, recorded } = withRecorded(graph, facts, traced);
  const selected = tests.flatMap((test) => {
    const because = reasons(test);
    const { component, file, class: name, kind } = test;
    return because === undefined ? [] : [{ component, file, class: name, kind, because }];
  });
  const plan: TestPlan = {
    version: 1,
    patched: facts.patched,
    selected,
    parserTests: selectParserTests(facts, { spread, wide, changed: seeds?.parserTests ?? [] }),
    notRun: leftOut(tests, selected),
    total: tests.length,
    recorded: tests.filter((test) => recorded(test) !== undefined).length,
    wider: widerBecause(wide, spread),
    unseen: seeds?.unseen ?? [],
  };
  return {
    plan,
    tests: tests.map(({ component, file, class: name, kind }) => ({ component, file, class: name, kind })),
  };
}

interface Traced {
  readonly seeds: Seeds | undefined;
  readonly spread: Spread;
  readonly wide: readonly Wide[];
  readonly reasons: (test: TestClass) => Because | undefined;
}

/** Follows changes by the names in the code. */
function trace(graph: CodeGraph, facts: ImpactFacts, changes: readonly FileChange[]): Traced {
  const patched = facts.components.find(({ path }) => path === facts.patched);
  const seeds: Seeds | undefined = patched && seedsOf(graph, patched, changes);
  const spread = spreadFrom(graph, seeds?.units ?? []);
  const wide: Wide[] = [...(seeds?.wide ?? []), ...askedFor(facts)];
  return { seeds, spread, wide, reasons: reasonsFrom({ graph, facts, spread, wide }) };
}

/** A recorded test is followed by what it executed, and by names only from changes that a recording can't know. */
function withRecorded(graph: CodeGraph, facts: ImpactFacts, traced: Traced) {
  const { recorded } = facts;
  if (recorded === undefined) return { reasons: traced.reasons, recorded: () => undefined };
  const verdictOf = (test: TestClass): Because | undefined => recorded.verdictOf(placeOf(test.component, test.file));
  const others = facts.changes.filter((change) => !recorded.isFollowed(change));
  const byName = others.length === facts.changes.length ? traced : trace(graph, facts, others);
  return {
    recorded: verdictOf,
    reasons: (test: TestClass): Because | undefined => {
      const verdict = verdictOf(test);
      if (verdict === undefined) return traced.reasons(test);
      return verdict.length > 0 ? verdict : byName.reasons(test);
    },
  };
}

function askedFor(facts: ImpactFacts): Wide[] {
  return facts.everything === true ? [{ scope: 'everything', path: facts.patched, because: 'all were asked for' }] : [];
}

/** One class a file: the one named like the file, else the first that isn't abstract. */
function testClasses(graph: CodeGraph): TestClass[] {
  const byFile = new Map<string, TestClass>();
  for (const graphClass of graph.classes.values()) {
    const { file, component } = graphClass;
    if (file.before === true || !isTestFile(file.path) || graphClass.kind !== 'class' || graphClass.abstract) continue;
    const key = `${component.path}/${file.path}`;
    const named = file.path.endsWith(`/${graphClass.name.replace(/^.*\\/, '')}.php`);
    if (byFile.has(key) && !named) continue;
    const kind = needsWiki(file.path) ? 'integration' : 'unit';
    byFile.set(key, { component: component.path, file: file.path, class: graphClass.name, kind, graphClass });
  }
  return [...byFile.values()].sort((a, b) => compare(a.component, b.component) || compare(a.file, b.file));
}

/** The first reason that a test has, the most direct kind first. */
function reasonsFrom(found: {
  readonly graph: CodeGraph;
  readonly facts: ImpactFacts;
  readonly spread: Spread;
  readonly wide: readonly Wide[];
}): (test: TestClass) => Because | undefined {
  const { graph, spread, wide } = found;
  const direct = directReasons(graph, spread);
  const required = requiredBy(found.facts.components, found.facts.patched);
  const nameIn = mentionsOf(graph, found.facts);
  const everything = wide.find(({ scope }) => scope === 'everything');
  return (test) => {
    const own = test.component === found.facts.patched;
    const first = direct.get(test.graphClass.file.path + test.component);
    if (first !== undefined) return first;
    if (everything !== undefined) return [wideStep(everything)];
    const [widest] = wide;
    if (widest !== undefined) {
      const set = wide.find(({ scope }) => scope === 'set');
      if (own) return [wideStep(widest), { what: test.class, how: 'is a test of the same component' }];
      if (set !== undefined && test.kind === 'integration') return [wideStep(set), inAnyWiki(test)];
      const chain = required.get(test.component);
      if (chain !== undefined) return [wideStep(widest), { what: test.class, how: `is a test of ${chain}` }];
    }
    return test.kind === 'unit' ? undefined : reachReason(spread.reaches, { test, required, nameIn });
  };
}

/** Tests with an affected unit in their file, and those that name a class with one. */
function directReasons(graph: CodeGraph, spread: Spread): ReadonlyMap<string, Because> {
  const reasons = new Map<string, Because>();
  const keep = (of: { file: { path: string }; component: { path: string } }, because: Because): void => {
    const key = of.file.path + of.component.path;
    if (!reasons.has(key)) reasons.set(key, because);
  };
  for (const affected of spread.affected) {
    if (isTestUnit(affected.unit)) keep(affected.unit, pathTo(affected));
  }
  for (const affected of spread.affected) {
    if (affected.unit.owner === '') continue;
    for (const name of [affected.unit.home, ...graph.familyOf(affected.unit.home)]) {
      for (const unit of graph.naming(name)) {
        if (isTestUnit(unit)) keep(unit, [...pathTo(affected), step(unit, `names ${affected.unit.owner}`)]);
      }
    }
  }
  return reasons;
}

/** Whether a test file of another component speaks of the patched one: its name in a string, or any of its classes. */
function mentionsOf(graph: CodeGraph, facts: ImpactFacts): (test: TestClass) => boolean {
  const patched = facts.components.find(({ path }) => path === facts.patched);
  const name = patched?.registered ?? '';
  const classes = new Set([...graph.classes].flatMap(([key, one]) => (one.component === patched ? [key] : [])));
  const speaking = new Set(
    graph.units
      .filter((unit) => isTestUnit(unit) && unit.component !== patched)
      .filter((unit) => unit.strings.includes(name) || unit.names.some((one) => classes.has(one)))
      .map((unit) => unit.file),
  );
  return (test) => speaking.has(test.graphClass.file);
}

function reachReason(
  reaches: readonly Reach[],
  about: {
    readonly test: TestClass;
    readonly required: ReadonlyMap<string, string>;
    readonly nameIn: (test: TestClass) => boolean;
  },
): Because | undefined {
  const { test } = about;
  for (const reach of reaches) {
    const path = [...pathTo(reach.from), { what: reach.component, how: reach.how }];
    if (reach.component === test.component) return [...path, { what: test.class, how: 'runs with a wiki that has it' }];
    if (reach.scope === 'set') return [...path, inAnyWiki(test)];
  }
  const [first] = reaches;
  if (first === undefined) return undefined;
  const path = [...pathTo(first.from), { what: first.component, how: first.how }];
  const chain = about.required.get(test.component);
  if (chain !== undefined) return [...path, { what: test.class, how: `runs with a wiki: ${chain}` }];
  return about.nameIn(test) ? [...path, { what: test.class, how: 'speaks of the component' }] : undefined;
}

function inAnyWiki(test: TestClass): BecauseStep {
  return { what: test.class, how: 'runs with a wiki that loads it too' };
}

function widerBecause(wide: readonly Wide[], spread: Spread): string[] {
  const hooks = spread.reaches.filter(({ scope }) => scope === 'set').map(({ how }) => how);
  return [...new Set([...wide.map(({ path, because }) => `${path}: ${because}`), ...hooks])];
}

function leftOut(tests: readonly TestClass[], selected: readonly SelectedTest[]): Record<string, number> {
  const chosen = new Set(selected.map((test) => `${test.component}/${test.file}`));
  const counts: Record<string, number> = {};
  for (const { component, file } of tests) {
    if (!chosen.has(`${component}/${file}`)) counts[component] = (counts[component] ?? 0) + 1;
  }
  return counts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
