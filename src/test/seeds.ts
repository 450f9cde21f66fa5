/** From changed files to where the change enters the graph: units of code, or a whole component, or more. */
import { isTestCode, isTestFile, type ComponentIndex, type IndexedFile } from './component-index.ts';
import type { CodeGraph, GraphUnit } from './code-graph.ts';
import { kindOf, type FileChange, type FileKind, type LineRange } from './changes.ts';
import { isInertKey } from './registration.ts';

/** How far a change goes that can't be traced by name; `set` means every test with a wiki, beside the component's own. */
type WideScope = 'component' | 'set' | 'everything';

export interface Wide {
  readonly scope: WideScope;
  readonly path: string;
  readonly because: string;
}

export interface Seeds {
  readonly units: readonly { readonly unit: GraphUnit; readonly how: string }[];
  readonly wide: readonly Wide[];
  /** Changed files that no PHPUnit test can see, with the reason. */
  readonly unseen: readonly { readonly path: string; readonly because: string }[];
  readonly parserTests: readonly string[];
}

const NOTHING: Seeds = { units: [], wide: [], unseen: [], parserTests: [] };

export function seedsOf(graph: CodeGraph, component: ComponentIndex, changes: readonly FileChange[]): Seeds {
  const each = changes.map((change) => seedsOfFile(graph, component, change));
  return {
    units: each.flatMap(({ units }) => units),
    wide: each.flatMap(({ wide }) => wide),
    unseen: each.flatMap(({ unseen }) => unseen),
    parserTests: each.flatMap(({ parserTests }) => parserTests),
  };
}

function seedsOfFile(graph: CodeGraph, component: ComponentIndex, change: FileChange): Seeds {
  const { path } = change;
  switch (kindIn(component, path)) {
    case 'core':
      return widen('everything', path, `${component.name} is under everything`);
    case 'php':
    case 'test-php':
      return seedsOfPhp(graph, component, change);
    case 'registration':
      return seedsOfRegistration(change);
    case 'messages':
      return seedsOfMessages(graph, component, change);
    case 'template':
    case 'test-data':
      return seedsOfData(graph, component, path);
    case 'parser-tests':
      return { ...NOTHING, parserTests: [path] };
    case 'front-end':
      return seedsOfFrontEnd(graph, component, path);
    case 'database':
      return widen('set', path, 'the database changes');
    case 'docs':
      return unseen(path, 'documentation');
    case 'message-docs':
      return unseen(path, 'documentation of messages');
    case 'front-end-test':
      return unseen(path, 'a test of the front end');
    case 'tooling':
      return unseen(path, 'settings of tools');
    case 'unknown':
      return widen('set', path, 'what reads such a file is unknown');
  }
}

/** All else of core and its libraries is under everything. */
const TRACED_IN_CORE: readonly FileKind[] = ['docs', 'message-docs', 'front-end-test', 'tooling'];

function kindIn(component: ComponentIndex, path: string): FileKind | 'core' {
  const kind = kindOf(path);
  if (component.kind !== 'core' && component.kind !== 'vendor') return kind;
  return TRACED_IN_CORE.includes(kind) || (component.kind === 'core' && isTestFile(path)) ? kind : 'core';
}

function seedsOfPhp(graph: CodeGraph, component: ComponentIndex, change: FileChange): Seeds {
  const before = component.php.filter((file) => file.before === true && file.path === (change.oldPath ?? change.path));
  const after = component.php.filter((file) => file.before !== true && file.path === change.path);
  const units = [
    ...before.flatMap((file) => unitsAt(graph, file, change.before)),
    ...after.flatMap((file) => unitsAt(graph, file, change.after)),
  ];
  const indexed = before.length + after.length > 0;
  if (units.length === 0 && !indexed) return widen('set', change.path, 'it could not be read as PHP');
  if (units.length === 0) return unseen(change.path, 'only comments changed');
  return { ...NOTHING, units: [...new Set(units)].map((unit) => ({ unit, how: 'changed' })) };
}

/** The innermost units that hold a changed line of code; a line of comment is none. */
function unitsAt(graph: CodeGraph, file: IndexedFile, ranges: readonly LineRange[]): GraphUnit[] {
  const units = graph.units.filter((unit) => unit.file === file);
  const lines = ranges.flatMap(({ from, to }) => {
    const last = Math.min(to, units[0]?.to ?? to);
    return Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index);
  });
  const code = lines.filter((line) => isTestCode(file.path) || !isComment(file, line));
  return code.flatMap((line) => innermost(units, line) ?? []);
}

function isComment(file: IndexedFile, line: number): boolean {
  return file.symbols.comments.some(([first, last]) => first <= line && line <= last);
}

function innermost(units: readonly GraphUnit[], line: number): GraphUnit | undefined {
  const around = units.filter((unit) => unit.from <= line && line <= unit.to);
  return around.toSorted((a, b) => a.to - a.from - (b.to - b.from) || b.from - a.from)[0];
}

function seedsOfRegistration(change: FileChange): Seeds {
  if (change.keys === undefined) return widen('set', change.path, 'it could not be compared');
  const running = change.keys.filter((key) => !isInertKey(key));
  if (running.length > 0) return widen('set', change.path, `${running.join(', ')} changed`);
  return unseen(change.path, `only ${change.keys.join(', ')} changed`);
}

function seedsOfMessages(graph: CodeGraph, component: ComponentIndex, change: FileChange): Seeds {
  if (change.messages === undefined) return widen('component', change.path, 'its messages could not be compared');
  const registered = (key: string): boolean => component.registrations.some(({ words }) => words.has(key));
  const users = change.messages.map((key) => ({ key, units: graph.beginning(key) }));
  const lost = users.filter(({ key, units }) => units.length === 0 && !registered(key));
  const units = users.flatMap((user) => user.units.map((unit) => ({ unit, how: `shows the message ${user.key}` })));
  if (lost.length > 0)
    return { ...widen('component', change.path, `who shows ${lost[0]?.key ?? ''} is unknown`), units };
  return units.length > 0 ? { ...NOTHING, units } : unseen(change.path, 'no PHP shows these messages');
}

/** Read by whoever names the file; where nobody does, by anyone in the component. */
function seedsOfData(graph: CodeGraph, component: ComponentIndex, path: string): Seeds {
  const units = readersOf(graph, component, path);
  if (units.length === 0) return widen('component', path, 'who reads it is unknown');
  return { ...NOTHING, units: units.map((unit) => ({ unit, how: `reads ${path}` })) };
}

function seedsOfFrontEnd(graph: CodeGraph, component: ComponentIndex, path: string): Seeds {
  const units = readersOf(graph, component, path);
  if (units.length === 0) return unseen(path, 'no PHP names it');
  return { ...NOTHING, units: units.map((unit) => ({ unit, how: `reads ${path}` })) };
}

function readersOf(graph: CodeGraph, component: ComponentIndex, path: string): GraphUnit[] {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const parts = path.split('/').slice(0, -1);
  const folders = parts.filter(
    (part) => !['tests', 'phpunit', 'unit', 'integration', 'includes', 'src'].includes(part),
  );
  const names = [base, base.replace(/\.[^.]*$/, ''), path, ...folders];
  const saying = graph.units.filter(
    (unit) =>
      unit.component === component &&
      unit.strings.some((text) => names.some((name) => text === name || text.endsWith(`/${name}`))),
  );
  return saying;
}

function widen(scope: WideScope, path: string, because: string): Seeds {
  return { ...NOTHING, wide: [{ scope, path, because }] };
}

function unseen(path: string, because: string): Seeds {
  return { ...NOTHING, unseen: [{ path, because }] };
}
