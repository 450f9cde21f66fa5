/** Finds every event and diagnostic code in the sources, with what is written beside it. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ownDoc, parse } from './schema-docs.ts';

export interface FoundEvent {
  readonly code: string;
  /** `bytes: number`, as the union says. */
  readonly fields: readonly string[];
  readonly doc?: string;
}

export interface FoundDiagnostic {
  readonly code: string;
  readonly messages: readonly string[];
  readonly hints: readonly string[];
}

const CODE = /^[a-z][a-z0-9-]*\/[a-z0-9-]+$/;

/** Members of unions: a type with a `code` that is one string. */
export function findEvents(root: string): FoundEvent[] {
  return sources(root, 'src/{*/events,*/*-events,cli/*}.ts')
    .flatMap((source) =>
      nodesOf(source).filter((node) => ts.isTypeLiteralNode(node) || ts.isInterfaceDeclaration(node)),
    )
    .flatMap((node) => eventsOf(node));
}

function eventsOf(node: ts.TypeLiteralNode | ts.InterfaceDeclaration): FoundEvent[] {
  const members = node.members.filter(ts.isPropertySignature);
  const codes = members.find((member) => member.name.getText() === 'code')?.type;
  const fields = members.filter((member) => member.name.getText() !== 'code').map(fieldText);
  return literalsIn(codes).map((code) => ({ code, fields, ...memberDoc(node) }));
}

/** A comment on a union's member stands before its `|`, where the parser gives it to nobody. */
function memberDoc(node: ts.TypeLiteralNode | ts.InterfaceDeclaration): { doc?: string } {
  const union = node.parent;
  if (!ts.isUnionTypeNode(union)) return ownDoc(node);
  const before = union.types.findLast((type) => type.end <= node.pos)?.end ?? union.getFullStart();
  const comment = /\/\*\*(.*?)\*\//s.exec(node.getSourceFile().text.slice(before, node.getStart()))?.[1];
  return comment === undefined ? {} : { doc: comment.replaceAll(/\s+\*?\s*/g, ' ').trim() };
}

function fieldText(member: ts.PropertySignature): string {
  const type = member.type?.getText().replaceAll('readonly ', '').replaceAll(/\s+/g, ' ') ?? '';
  return `${member.name.getText()}${member.questionToken === undefined ? '' : '?'}: ${type}`;
}

/** Object literals with a `code` and a `message`, in every source. */
export function findDiagnostics(root: string): FoundDiagnostic[] {
  const found = new Map<string, { messages: Set<string>; hints: Set<string> }>();
  for (const source of sources(root, 'src/**/*.ts')) {
    for (const one of nodesOf(source).filter(ts.isObjectLiteralExpression).flatMap(diagnosticsOf)) {
      const known = found.get(one.code) ?? { messages: new Set(), hints: new Set() };
      for (const text of one.messages) known.messages.add(text);
      for (const text of one.hints) known.hints.add(text);
      found.set(one.code, known);
    }
  }
  return [...found].map(([code, { messages, hints }]) => ({ code, messages: [...messages], hints: [...hints] }));
}

function diagnosticsOf(literal: ts.ObjectLiteralExpression): FoundDiagnostic[] {
  const codes = literalsIn(valueOf(literal, 'code'));
  const messages = textsOf(valueOf(literal, 'message'));
  const hints = textsOf(valueOf(literal, 'hint'));
  if (messages.length === 0) return [];
  return codes.map((code, at) => ({
    code,
    messages: partOf(messages, { at, of: codes.length }),
    hints: partOf(hints, { at, of: codes.length }),
  }));
}

/** `code: a ? x : y, message: a ? m : n` pairs x with m, y with n; else each text may belong to each code. */
function partOf(texts: readonly string[], { at, of }: { at: number; of: number }): readonly string[] {
  return texts.length === of ? texts.slice(at, at + 1) : texts;
}

function valueOf(literal: ts.ObjectLiteralExpression, name: string): ts.Node | undefined {
  const property = literal.properties.find((one) => one.name?.getText() === name);
  if (property === undefined) return undefined;
  return ts.isPropertyAssignment(property) ? property.initializer : property.name;
}

/** The codes that an expression or a type can be: `a ? 'x/y' : 'x/z'` is two. */
function literalsIn(node: ts.Node | undefined): string[] {
  if (node === undefined) return [];
  const own = ts.isStringLiteral(node) && CODE.test(node.text) ? [node.text] : [];
  return [...own, ...childrenOf(node).flatMap(literalsIn)];
}

/** The texts that an expression can give, with `…` for what is known only when it runs. */
function textsOf(node: ts.Node | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [templateText(node)];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isIdentifier(node)) return textsOfName(node.text, node);
  const isSum = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
  return isSum ? [textsOf(node.left).join('') + textsOf(node.right).join('')] : ['…'];
}

/** `const message = ...;` in a block around the place where `message` is used. */
function textsOfName(name: string, from: ts.Node): string[] {
  for (let block = from.parent; !ts.isSourceFile(block); block = block.parent) {
    if (!ts.isBlock(block)) continue;
    const declarations = block.statements
      .filter(ts.isVariableStatement)
      .flatMap(({ declarationList }) => declarationList.declarations);
    const found = declarations.find((one) => one.name.getText() === name)?.initializer;
    if (found !== undefined) return textsOf(found);
  }
  return ['…'];
}

function templateText(node: ts.TemplateExpression): string {
  return node.templateSpans.reduce((text, span) => `${text}…${span.literal.text}`, node.head.text);
}

function sources(root: string, pattern: string): ts.SourceFile[] {
  return globSync(pattern, { cwd: root })
    .sort()
    .map((file) => parse(join(root, file)));
}

function nodesOf(node: ts.Node): ts.Node[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}
