/**
 * What one PHP file declares, and what it names of others. Read from its tokens: nothing is run or resolved across
 * files, so a name is only what stands there, made fully qualified by the file's own namespace and imports.
 */
import { lexPhp, tokenText, unescaped, type PhpTokens } from './lex-php.ts';
import { readCall } from './php-calls.ts';
import { readImports } from './php-imports.ts';

export type PhpReferenceKind = 'class' | 'service' | 'loaded' | 'needed' | 'required' | 'handles' | 'runs';

interface PhpReference {
  readonly kind: PhpReferenceKind;
  readonly name: string;
  /** Offset in the text. */
  readonly at: number;
}

export interface PhpFacts {
  readonly tokens: PhpTokens;
  readonly namespaces: ReadonlySet<string>;
  /** Classes, interfaces, traits, enums and aliases of classes, fully qualified. */
  readonly classes: readonly string[];
  /** `BeforeCreateEchoEvent`, of an interface with that name and `Hook`. */
  readonly hooks: readonly string[];
  /** `Class::NAME` to its value, where that is a plain string. */
  readonly constants: ReadonlyMap<string, string>;
  readonly references: readonly PhpReference[];
  /** The class that a name means in this file. */
  readonly resolve: (name: string) => string;
}

interface Walk {
  readonly tokens: PhpTokens;
  depth: number;
  /** Braces around statements of the namespace's own: 1 in `namespace X { ... }`. */
  base: number;
  namespace: string;
  /** Between `extends` or `implements` and the `{`. */
  inParents: boolean;
  class: string;
  readonly uses: Map<string, string>;
  readonly namespaces: Set<string>;
  readonly classes: string[];
  readonly hooks: string[];
  readonly constants: Map<string, string>;
  readonly references: PhpReference[];
}

export function scanPhp(text: string): PhpFacts {
  const tokens = lexPhp(text);
  const walk: Walk = {
    ...{ tokens, depth: 0, base: 0, namespace: '', inParents: false, class: '' },
    ...{ uses: new Map(), namespaces: new Set(), classes: [], hooks: [], constants: new Map() },
    references: tokens.required.map(({ name, at }) => ({ kind: 'required', name, at })),
  };
  for (let index = 0; index < tokens.kinds.length; index += 1) index = step(walk, index);
  return { ...walk, resolve: (name) => resolveName(walk, name) };
}

/** @returns the last token that was used */
function step(walk: Walk, index: number): number {
  const kind = walk.tokens.kinds[index];
  if (kind === 'word') return readWord(walk, index);
  if (kind === 'sign') readSign(walk, tokenText(walk.tokens, index));
  if (kind === 'variable') readHookGlobal(walk, index);
  return index;
}

function readSign(walk: Walk, sign: string): void {
  if (sign === '{') {
    walk.depth += 1;
    walk.inParents = false;
  }
  if (sign === '}') walk.depth -= 1;
}

function readWord(walk: Walk, index: number): number {
  const { tokens } = walk;
  const text = tokenText(tokens, index);
  const before = tokenText(tokens, index - 1);
  const called = readCall(tokens, index);
  if (called?.kind === 'declares') walk.classes.push(called.name);
  else if (called !== undefined) walk.references.push({ ...called, kind: called.kind });
  if (before === '->' || before === '?->' || before === '::') return index;
  const next = tokens.kinds[index + 1] === 'word' ? tokenText(tokens, index + 1) : undefined;
  switch (text.toLowerCase()) {
    case 'namespace':
      return readNamespace(walk, index);
    case 'use':
      return readUse(walk, index);
    case 'class':
    case 'interface':
    case 'trait':
    case 'enum':
      return readClass(walk, { index, next, before });
    case 'extends':
    case 'implements':
      walk.inParents = true;
      return index;
    case 'const':
      readConstant(walk, index);
      return index;
    default:
      readName(walk, { index, text, before });
      return index;
  }
}

function readNamespace(walk: Walk, index: number): number {
  const { tokens } = walk;
  const named = tokens.kinds[index + 1] === 'word';
  const sign = tokenText(tokens, index + (named ? 2 : 1));
  if (sign !== ';' && sign !== '{') return index;
  walk.namespace = named ? tokenText(tokens, index + 1) : '';
  walk.base = walk.depth + (sign === '{' ? 1 : 0);
  walk.uses.clear();
  if (named) walk.namespaces.add(walk.namespace);
  return index + (named ? 1 : 0);
}

/** An import; not what a closure takes along (`use (`), nor a class's traits, whose names are read as names. */
function readUse(walk: Walk, index: number): number {
  if (walk.depth !== walk.base || tokenText(walk.tokens, index + 1) === '(') return index;
  const { imports, end } = readImports(walk.tokens, index + 1);
  for (const { name, alias, of, at } of imports) {
    if (of === 'class') walk.uses.set(alias.toLowerCase(), name);
    walk.references.push({ kind: 'class', name, at });
  }
  return end;
}

interface ClassWord {
  readonly index: number;
  readonly next: string | undefined;
  readonly before: string;
}

function readClass(walk: Walk, { index, next, before }: ClassWord): number {
  const lower = next?.toLowerCase();
  const anonymous = before.toLowerCase() === 'new' || lower === 'extends' || lower === 'implements';
  if (next === undefined || next.includes('\\') || anonymous) return index;
  walk.class = inNamespace(walk, next);
  walk.classes.push(walk.class);
  const isInterface = tokenText(walk.tokens, index).toLowerCase() === 'interface';
  if (isInterface && /.Hook$/.test(next)) walk.hooks.push(next.slice(0, -'Hook'.length));
  return index + 1;
}

/** `const NAME = 'text'`, with a type before the name or not. */
function readConstant(walk: Walk, index: number): void {
  const { tokens } = walk;
  const equals = [2, 3].find((ahead) => tokenText(tokens, index + ahead) === '=');
  if (equals === undefined || tokens.kinds[index + equals + 1] !== 'string') return;
  const name = `${walk.class}::${tokenText(tokens, index + equals - 1)}`;
  walk.constants.set(name, unescaped(tokenText(tokens, index + equals + 1)));
}

interface NameWord {
  readonly index: number;
  readonly text: string;
  readonly before: string;
}

function readName(walk: Walk, word: NameWord): void {
  const name = classNamed(walk, word);
  if (name !== undefined) walk.references.push({ kind: 'class', name, at: walk.tokens.starts[word.index] ?? 0 });
}

/** A class that is named here and that no `use` has named yet; undefined where it is no class, or one of this namespace. */
function classNamed(walk: Walk, { index, text, before }: NameWord): string | undefined {
  const after = tokenText(walk.tokens, index + 1);
  const isNew = before.toLowerCase() === 'new' || before === '#[';
  if (text.startsWith('\\')) return after === '(' && !isNew ? undefined : text.slice(1);
  const first = text.indexOf('\\');
  if (first >= 0) {
    const alias = walk.uses.get(text.slice(0, first).toLowerCase());
    if (alias !== undefined) return alias + text.slice(first);
    return walk.namespace === '' && after !== '(' ? text : undefined;
  }
  const stands =
    isNew ||
    walk.inParents ||
    before.toLowerCase() === 'use' ||
    after === '::' ||
    before.toLowerCase() === 'instanceof';
  const own = walk.namespace !== '' || walk.uses.has(text.toLowerCase());
  return !stands || own || /^(self|static|parent|class)$/i.test(text) ? undefined : text;
}

/** `$wgHooks['X'][] = ...`, and the same through `$GLOBALS`. */
function readHookGlobal(walk: Walk, index: number): void {
  const { tokens } = walk;
  const variable = tokenText(tokens, index);
  const viaGlobals = variable === '$GLOBALS' && tokenText(tokens, index + 2) === 'wgHooks';
  if (variable !== '$wgHooks' && !viaGlobals) return;
  const at = index + (viaGlobals ? 4 : 1);
  if (tokenText(tokens, at) !== '[' || tokens.kinds[at + 1] !== 'string') return;
  walk.references.push({ kind: 'handles', name: tokenText(tokens, at + 1), at: tokens.starts[index] ?? 0 });
}

function inNamespace({ namespace }: Walk, name: string): string {
  return namespace === '' ? name : `${namespace}\\${name}`;
}

function resolveName(walk: Walk, name: string): string {
  if (name.startsWith('\\')) return name.slice(1);
  const [first = '', ...others] = name.split('\\');
  const alias = walk.uses.get(first.toLowerCase());
  return alias === undefined ? inNamespace(walk, name) : [alias, ...others].join('\\');
}
