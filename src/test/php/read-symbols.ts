/**
 * Reads PHP by its grammar. It errs on the side of more: a name that might be a class is listed as one, since a name
 * that nobody defines leads nowhere.
 */
import type { Node, Parser, Tree, TreeCursor } from 'web-tree-sitter';
import { commentRanges, firstError, type Comment } from './places.ts';
import { UnitList, type OpenUnit } from './unit-list.ts';
import { classInString, Names } from './names.ts';
import type { ClassSymbol, FileSymbols } from './symbols.ts';

/** The tree is freed before it returns: wasm memory is not collected. */
export function readSymbols(parser: Parser, source: string): FileSymbols {
  const tree = parser.parse(source);
  if (tree === null) throw new Error('the PHP parser was stopped');
  const cursor = tree.walk();
  try {
    return new Reader(cursor, source).read(tree);
  } finally {
    cursor.delete();
    tree.delete();
  }
}

type Visit = (reader: Reader) => void;

class Reader {
  readonly #cursor: TreeCursor;
  readonly #source: string;
  readonly #names = new Names();
  readonly #classes: { symbol: ClassSymbol; supers: string[] }[] = [];
  readonly #comments: Comment[] = [];
  readonly #units = new UnitList();
  /** The classes around the cursor, innermost last. */
  readonly #within: { name: string; supers: string[] }[] = [];

  constructor(cursor: TreeCursor, source: string) {
    this.#cursor = cursor;
    this.#source = source;
  }

  read(tree: Tree): FileSymbols {
    this.#units.open({ owner: '', name: '', from: 1, to: tree.rootNode.endPosition.row + 1 });
    this.children();
    const error = tree.rootNode.hasError ? firstError(tree.rootNode) : undefined;
    return {
      classes: this.#classes.map(({ symbol, supers }) => ({ ...symbol, supers: [...new Set(supers)] })),
      units: this.#units.close(),
      comments: commentRanges(this.#comments, this.#source),
      ...(error === undefined ? {} : { error }),
    };
  }

  visit(): void {
    const visit = visits[this.#cursor.nodeType];
    if (visit === undefined) this.children();
    else visit(this);
  }

  children(): void {
    if (!this.#cursor.gotoFirstChild()) return;
    do this.visit();
    while (this.#cursor.gotoNextSibling());
    this.#cursor.gotoParent();
  }

  namespace(): void {
    const name = /^namespace\s+([\w\\]+)/i.exec(this.#cursor.nodeText)?.[1];
    this.#names.enter(name ?? '');
    const body = this.#cursor.currentNode.childForFieldName('body');
    if (body !== null) this.children();
  }

  use(): void {
    this.#names.import(this.#cursor.nodeText);
  }

  class(kind: ClassSymbol['kind']): void {
    const node = this.#cursor.currentNode;
    const line = node.startPosition.row + 1;
    const own = node.childForFieldName('name')?.text ?? `class@${String(line)}`;
    const name = this.#names.declared(own);
    const supers: string[] = [];
    const abstract = node.children.some((child) => child.type === 'abstract_modifier');
    this.#classes.push({ symbol: { name, kind, abstract, line, supers: [] }, supers });
    this.#within.push({ name, supers });
    this.#unit({ owner: name, name: '' }, node);
    this.#within.pop();
  }

  /** Names after `extends`, `implements` and `use` (of traits): parents, and used too. */
  supers(): void {
    const here = this.#within.at(-1);
    for (const child of this.#cursor.currentNode.namedChildren) {
      if (child.type === 'name' || child.type === 'qualified_name') {
        here?.supers.push(...this.#names.meanings(child.text).slice(0, 1));
      }
    }
    this.children();
  }

  method(): void {
    const node = this.#cursor.currentNode;
    const name = node.childForFieldName('name')?.text ?? '';
    this.#unit({ owner: this.#within.at(-1)?.name ?? '', name: name.toLowerCase() }, node);
  }

  function(): void {
    const node = this.#cursor.currentNode;
    const name = this.#names.declared(node.childForFieldName('name')?.text ?? '');
    this.#unit({ owner: '', name: name.toLowerCase() }, node);
  }

  /** `'Cite.Gadgets' => static function (…) {…}` at the top level of a file makes a service. */
  element(): void {
    const node = this.#cursor.currentNode;
    const [key, value] = node.namedChildren;
    const isFactory = value?.type === 'anonymous_function' || value?.type === 'arrow_function';
    if (isFactory && key?.type === 'string' && this.#units.atTop()) {
      this.#unit({ owner: '', name: `service:${key.text.slice(1, -1)}` }, node);
    } else {
      this.children();
    }
  }

  name(): void {
    for (const meaning of this.#names.meanings(this.#cursor.nodeText)) this.#units.name(meaning);
  }

  /** `$x->name()`, `X::name()`: what is before the name is visited as anything else. */
  call(): void {
    const node = this.#cursor.currentNode;
    const name = node.childForFieldName('name');
    const method = name?.type === 'name' ? name.text.toLowerCase() : '*';
    this.#units.call(method);
    if (DEFERRING.has(method)) this.#deferred(node);
    this.#childrenBut('name');
  }

  /** Methods in `setHook( 'ref', [ $this, 'ref' ] )` run when wikitext asks, not when they are handed over. */
  #deferred(call: Node): void {
    for (const array of call.descendantsOfType('array_creation_expression')) {
      const last = array.namedChildren.at(-1)?.namedChildren[0];
      if (last?.type === 'string') this.#units.defer(last.text.slice(1, -1).toLowerCase());
    }
  }

  /** The name of a property or constant is no class. */
  access(): void {
    this.#childrenBut('name');
  }

  constant(): void {
    const [scope] = this.#cursor.currentNode.namedChildren;
    if (!this.#cursor.gotoFirstChild()) return;
    if (scope !== undefined) this.visit();
    this.#cursor.gotoParent();
  }

  new(): void {
    const [made] = this.#cursor.currentNode.namedChildren;
    const known = ['name', 'qualified_name', 'relative_scope', 'anonymous_class', 'attribute_list'];
    if (made !== undefined && !known.includes(made.type)) this.#units.call('*');
    this.children();
  }

  variable(): void {
    const name = this.#cursor.nodeText.slice(1);
    if (name.startsWith('wg')) this.#units.string(name);
  }

  string(): void {
    const text = this.#cursor.nodeText;
    if (text.length > 200) return;
    this.#literal(text.slice(1, -1));
  }

  /** `"echo-$name"`: its first words, open at the end; then what is inside the braces. */
  interpolated(): void {
    const parts = this.#cursor.currentNode.namedChildren;
    const start = parts[0]?.type === 'string_content' ? parts[0].text : '';
    if (start !== '' && start.length <= 200) this.#literal(parts.length > 1 ? `${start}*` : start);
    if (parts.length > 1) this.children();
  }

  comment(): void {
    const text = this.#cursor.nodeText;
    const { row } = this.#cursor.startPosition;
    this.#comments.push({ row, endRow: this.#cursor.endPosition.row, column: this.#cursor.startPosition.column });
    for (const covers of text.matchAll(/@covers(?:DefaultClass)?\s+\\?([\w\\]+)/g)) {
      this.#units.name((covers[1] ?? '').toLowerCase());
    }
  }

  #literal(text: string): void {
    const named = classInString(text);
    if (named !== undefined) this.#units.name(named);
    if (/^[A-Za-z_][\w.:/ -]{0,99}\*?$/.test(text)) this.#units.string(/[-_.:]$/.test(text) ? `${text}*` : text);
  }

  #unit(unit: { owner: string; name: string }, node: Node): void {
    const place: OpenUnit = { ...unit, from: node.startPosition.row + 1, to: node.endPosition.row + 1 };
    this.#units.within(place, () => this.#childrenBut('name'));
  }

  #childrenBut(field: string): void {
    if (!this.#cursor.gotoFirstChild()) return;
    do if (this.#cursor.currentFieldName !== field || this.#cursor.nodeType !== 'name') this.visit();
    while (this.#cursor.gotoNextSibling());
    this.#cursor.gotoParent();
  }
}

const DEFERRING = new Set(['sethook', 'setfunctionhook', 'setfunctiontaghook']);

const visits: Readonly<Partial<Record<string, Visit>>> = {
  namespace_definition: (reader) => reader.namespace(),
  namespace_use_declaration: (reader) => reader.use(),
  class_declaration: (reader) => reader.class('class'),
  anonymous_class: (reader) => reader.class('class'),
  interface_declaration: (reader) => reader.class('interface'),
  trait_declaration: (reader) => reader.class('trait'),
  enum_declaration: (reader) => reader.class('enum'),
  base_clause: (reader) => reader.supers(),
  class_interface_clause: (reader) => reader.supers(),
  use_declaration: (reader) => reader.supers(),
  method_declaration: (reader) => reader.method(),
  function_definition: (reader) => reader.function(),
  array_element_initializer: (reader) => reader.element(),
  name: (reader) => reader.name(),
  qualified_name: (reader) => reader.name(),
  member_call_expression: (reader) => reader.call(),
  nullsafe_member_call_expression: (reader) => reader.call(),
  scoped_call_expression: (reader) => reader.call(),
  member_access_expression: (reader) => reader.access(),
  nullsafe_member_access_expression: (reader) => reader.access(),
  class_constant_access_expression: (reader) => reader.constant(),
  object_creation_expression: (reader) => reader.new(),
  variable_name: (reader) => reader.variable(),
  string: (reader) => reader.string(),
  encapsed_string: (reader) => reader.interpolated(),
  heredoc_body: (reader) => reader.interpolated(),
  comment: (reader) => reader.comment(),
};
