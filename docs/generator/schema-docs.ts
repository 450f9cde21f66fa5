/**
 * The JSDoc of a zod schema's keys. zod keeps no comments, so they are read from the source and laid over the JSON
 * Schema that zod gives: one text for the reader of the code, of the reference, and of an editor's completion.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export interface SchemaDocs {
  readonly doc?: string;
  readonly keys?: ReadonlyMap<string, SchemaDocs>;
  /** Of a list's items, or of a record's values. */
  readonly element?: SchemaDocs;
}

export function schemaDocs(file: string, name: string): SchemaDocs {
  return docsOfName({ file, source: parse(file) }, name);
}

interface Place {
  readonly file: string;
  readonly source: ts.SourceFile;
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

function docsOfName(place: Place, name: string): SchemaDocs {
  for (const statement of place.source.statements) {
    if (ts.isVariableStatement(statement)) {
      const found = statement.declarationList.declarations.find((one) => one.name.getText() === name);
      if (found?.initializer !== undefined) return { ...ownDoc(statement), ...docsOf(place, found.initializer) };
    }
    const from = importOf(statement, name);
    if (from !== undefined) return schemaDocs(join(dirname(place.file), from.path), from.name);
  }
  return {};
}

function importOf(statement: ts.Statement, name: string): { path: string; name: string } | undefined {
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined;
  const bindings = statement.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return undefined;
  const found = bindings.elements.find((element) => element.name.text === name);
  const path = statement.moduleSpecifier.text;
  return found === undefined || !path.startsWith('.') ? undefined : { path, name: found.propertyName?.text ?? name };
}

/** Follows `z.strictObject({...}).catchall(x).default(...)`, `z.array(x)`, `z.record(k, v)`, `z.union([...])` and names. */
function docsOf(place: Place, node: ts.Expression): SchemaDocs {
  if (ts.isIdentifier(node)) return docsOfName(place, node.text);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return {};
  const { expression: receiver, name } = node.expression;
  const [first, second] = node.arguments;
  if (!ts.isIdentifier(receiver) || receiver.text !== 'z') {
    const others = name.text === 'catchall' && first !== undefined ? { element: docsOf(place, first) } : {};
    return { ...docsOf(place, receiver), ...others };
  }
  if (first === undefined) return {};
  const shape = name.text.endsWith('bject') ? shapeOf(place, first) : undefined;
  if (shape !== undefined) return { keys: keysOf(place, shape) };
  if (name.text === 'array' || name.text === 'optional') return { element: docsOf(place, first) };
  if (name.text.endsWith('ecord') && second !== undefined) return { element: docsOf(place, second) };
  return ts.isArrayLiteralExpression(first) ? merged(first.elements.map((one) => docsOf(place, one))) : {};
}

/** `z.object({...})`, or `z.object(shape)` where several share one. */
function shapeOf({ source }: Place, node: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(node)) return node;
  const declarations = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations);
  const named = declarations.find((one) => one.name.getText() === node.getText())?.initializer;
  return named !== undefined && ts.isObjectLiteralExpression(named) ? named : undefined;
}

function keysOf(place: Place, object: ts.ObjectLiteralExpression): Map<string, SchemaDocs> {
  const properties = object.properties.filter(ts.isPropertyAssignment);
  return new Map(
    properties.map((property) => [
      ts.isStringLiteral(property.name) ? property.name.text : property.name.getText(),
      { ...docsOf(place, property.initializer), ...ownDoc(property) },
    ]),
  );
}

/** What the members of a union say, together. */
function merged(docs: readonly SchemaDocs[]): SchemaDocs {
  const keys = new Map(docs.flatMap((one) => [...(one.keys ?? [])]));
  const element = docs.find((one) => one.element !== undefined)?.element;
  return { ...(keys.size === 0 ? {} : { keys }), ...(element === undefined ? {} : { element }) };
}

/** The text of the last JSDoc comment before `node`, on one line. */
export function ownDoc(node: ts.Node): { doc?: string } {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comments.at(-1)?.comment);
  return text === undefined ? {} : { doc: text.replaceAll(/\s+/g, ' ').trim() };
}
