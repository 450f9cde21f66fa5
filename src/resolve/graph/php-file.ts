/** Adds what one PHP file says to the facts of its component. */
import type { Reference } from './code-facts.ts';
import type { FactCollector } from './collect-facts.ts';
import { scanPhp, type PhpFacts, type PhpReferenceKind } from './scan-php.ts';
import { tokenText } from './lex-php.ts';
import { readWiring, type ServiceKey } from './service-wiring.ts';

/** A service may be named by a constant of a class in another file: known when all were read. */
export interface WiringToResolve {
  readonly keys: ServiceKey[];
  readonly constants: Map<string, string>;
}

export interface PhpFileTools {
  readonly facts: FactCollector;
  readonly wiring: WiringToResolve;
  readonly wiringFiles: readonly string[];
  readonly testFolders: readonly string[];
}

export function phpFile(tools: PhpFileTools, path: string, text: string): void {
  const php = scanPhp(text);
  const lineAt = lineCounter(text);
  if (path === '.phan/config.php') {
    readPhan(tools.facts, php, lineAt);
    return;
  }
  const isTest = isTestPath(path, tools.testFolders);
  declare(tools, php, isTest);
  if (tools.wiringFiles.includes(path)) tools.wiring.keys.push(...readWiring(php));
  for (const { kind, name, at } of php.references) {
    if (kind === 'runs') {
      if (!isTest) tools.facts.runs.add(name);
      continue;
    }
    const test = isTest ? { test: true as const } : {};
    tools.facts.refer({ ...referenceOf(kind, name), ...test }, { file: path, line: lineAt(at) });
  }
}

function isTestPath(path: string, folders: readonly string[]): boolean {
  return /(^|\/)tests?\/|Test\.php$/i.test(path) || folders.some((folder) => folder !== '' && path.startsWith(folder));
}

/** Tests declare classes that other tests use; their namespaces and hooks are nobody's to use. */
function declare({ facts, wiring }: PhpFileTools, php: PhpFacts, isTest: boolean): void {
  for (const one of php.classes) facts.classes.add(one);
  if (isTest) return;
  for (const one of php.namespaces) facts.namespaces.add(one);
  for (const one of php.hooks) facts.hooks.add(one);
  for (const [name, value] of php.constants) wiring.constants.set(name, value);
}

function referenceOf(kind: Exclude<PhpReferenceKind, 'runs'>, name: string): Omit<Reference, 'places' | 'count'> {
  switch (kind) {
    case 'class':
      return { kind, name, what: name };
    case 'service':
      return { kind, name, what: `the service ${name}` };
    case 'loaded':
      return { kind, name, what: `isLoaded( '${name}' )` };
    case 'needed':
      return { kind, name, what: `the test needs ${name}` };
    case 'required':
      return { kind, name, what: `@requires extension ${name}` };
    case 'handles':
      return { kind: 'hook', name, what: `the hook ${name}` };
  }
}

/** `'../../extensions/Echo'`, `"$IP/skins/Vector"`. */
function readPhan(facts: FactCollector, { tokens }: PhpFacts, lineAt: (at: number) => number): void {
  const file = '.phan/config.php';
  tokens.kinds.forEach((kind, index) => {
    if (kind !== 'string') return;
    const name = /(?:^|\/)((?:extensions|skins)\/[^/"'$]+)/.exec(tokenText(tokens, index))?.[1];
    if (name === undefined) return;
    facts.refer({ kind: 'phan', name, what: name }, { file, line: lineAt(tokens.starts[index] ?? 0) });
  });
}

/** Offsets mostly come in rising order: counting goes on from the last one. */
function lineCounter(text: string): (at: number) => number {
  let [line, from] = [1, 0];
  return (at) => {
    if (at < from) [line, from] = [1, 0];
    for (let next = text.indexOf('\n', from); next >= 0 && next < at; next = text.indexOf('\n', from)) {
      line += 1;
      from = next + 1;
    }
    return line;
  };
}
