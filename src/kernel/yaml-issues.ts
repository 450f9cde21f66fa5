/** What zod found wrong in a YAML file, in the words of somebody who writes that file, each at its place. */
import type { z } from 'zod';
import { quote, type Diagnostic, type SourceRange } from './diagnostic.ts';
import { nearest } from './nearest.ts';
import { knownKeys, type YamlPath } from './yaml-keys.ts';

type Issue = z.core.$ZodIssue;

export interface IssueContext {
  readonly schema: z.ZodType;
  readonly valueAt: (path: YamlPath) => SourceRange;
  readonly keyAt: (path: YamlPath) => SourceRange;
}

interface Finding {
  readonly diagnostic: Diagnostic & { readonly at: SourceRange };
  /** The path of a key that is missing, or that an unknown one was most likely meant to be. */
  readonly missing?: string;
  readonly meant?: string;
}

/** In the order of the file. `tragets` is one mistake: the missing `targets` isn't told again. */
export function issueDiagnostics(issues: readonly Issue[], context: IssueContext): Diagnostic[] {
  const found = issues.flatMap((issue) => findingsOf(issue, context));
  const meant = new Set(found.map((finding) => finding.meant));
  return found
    .filter(({ missing }) => missing === undefined || !meant.has(missing))
    .map(({ diagnostic }) => diagnostic)
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}

function findingsOf(issue: Issue, context: IssueContext): Finding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, context));
    case 'invalid_union':
      return unionFindings(issue, context);
    case 'invalid_key':
      return [{ diagnostic: { ...wrong(path, issue.issues[0]?.message ?? issue.message), at: context.keyAt(path) } }];
    case 'invalid_value':
      return [{ diagnostic: { ...wrongChoice(issue, path), at: context.valueAt(path) } }];
    case 'invalid_type':
      if (issue.input === undefined) return [missingKey(path, context)];
      return [{ diagnostic: { ...wrongType(issue, path), ...misspelt(path, context), at: context.valueAt(path) } }];
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
      return [{ diagnostic: { ...wrong(path, issue.message), at: context.valueAt(path) } }];
  }
}

function unknownKey(key: string, parent: YamlPath, context: IssueContext): Finding {
  const known = knownKeys(context.schema, parent);
  const near = nearest(key, known);
  const others = known.length === 0 ? 'remove it' : `known here: ${known.join(', ')}`;
  const hint = near === undefined ? others : `did you mean ${near}?`;
  const at = context.keyAt([...parent, key]);
  return {
    diagnostic: { code: 'yaml/unknown-key', message: `unknown key ${quote(key)}`, hint, at },
    ...(near === undefined ? {} : { meant: [...parent, near].join('.') }),
  };
}

function missingKey(path: YamlPath, context: IssueContext): Finding {
  const parent = path.slice(0, -1);
  const at = typeof parent.at(-1) === 'string' ? context.keyAt(parent) : context.valueAt(parent);
  const message = `${quote(path.join('.'))} is missing`;
  return { diagnostic: { code: 'yaml/missing-key', message, at }, missing: path.join('.') };
}

/** The mistakes of the member that was meant: the one whose kind fits what was typed, with the fewest of them. */
function unionFindings(issue: Issue & { code: 'invalid_union' }, context: IssueContext): Finding[] {
  const members = issue.errors.filter((errors) => !errors.some(isWrongKind));
  const meant = members.toSorted((a, b) => a.length - b.length)[0];
  if (meant !== undefined) {
    return meant.flatMap((one) => findingsOf({ ...one, path: [...issue.path, ...one.path] }, context));
  }
  const expected = [...new Set(issue.errors.flat().flatMap((one) => (one.code === 'invalid_type' ? kind(one) : [])))];
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const message =
    expected.length === 0 ? issue.message : `expected ${expected.join(' or ')}, found ${shown(issue.input)}`;
  return [{ diagnostic: { ...wrong(path, message), at: context.valueAt(path) } }];
}

function isWrongKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function wrongType(issue: Issue & { code: 'invalid_type' }, path: YamlPath): Diagnostic {
  if (path.length === 0 && issue.input === null) return { code: 'yaml/empty', message: 'this file is empty' };
  const unquoted = issue.expected === 'string' && ['number', 'boolean'].includes(typeof issue.input);
  const hint = unquoted ? { hint: `write it in quotes: "${String(issue.input)}"` } : {};
  return { ...wrong(path, `expected ${kind(issue)}, found ${shown(issue.input)}`), ...hint };
}

/** Among keys of which any other may stand, a misspelt one shows by what stands under it. */
function misspelt(path: YamlPath, { schema }: IssueContext): { hint?: string } {
  const key = path.at(-1);
  const known = typeof key === 'string' ? knownKeys(schema, path.slice(0, -1)) : [];
  const near = known.includes(String(key)) ? undefined : nearest(String(key), known);
  return near === undefined ? {} : { hint: `did you mean ${near}?` };
}

function wrongChoice(issue: Issue & { code: 'invalid_value' }, path: YamlPath): Diagnostic {
  const choices = issue.values.map(String);
  const near = typeof issue.input === 'string' ? nearest(issue.input, choices) : undefined;
  const expected = choices.length === 1 ? choices.join('') : `one of ${choices.join(', ')}`;
  const hint = near === undefined ? {} : { hint: `did you mean ${near}?` };
  return { ...wrong(path, `expected ${expected}, found ${shown(issue.input)}`), ...hint };
}

function wrong(path: YamlPath, message: string): Diagnostic {
  return {
    code: 'yaml/wrong-value',
    message: `${path.length === 0 ? 'this file' : quote(path.join('.'))}: ${message}`,
  };
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
};

function kind(issue: Issue & { code: 'invalid_type' }): string {
  return KINDS[issue.expected] ?? issue.expected;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : JSON.stringify(value);
}
