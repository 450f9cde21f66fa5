/**
 * Dependencies that somebody declared: zuul's `dependencies.yaml` (a repo to its list, or to `requires` and `recurse`),
 * the same as JSON, or a graph of our own.
 */
import { z } from 'zod';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { parseYaml } from '../../kernel/yaml-document.ts';
import { parseJson, type JsonDocument } from '../manifests/json-document.ts';
import { graphSchema } from './graph-document.ts';

export interface DeclaredEdge {
  readonly from: string;
  readonly to: string;
}

export interface Declared {
  readonly file: string;
  /** Every repo that it names, sorted. */
  readonly names: readonly string[];
  /** Sorted, each once. */
  readonly edges: readonly DeclaredEdge[];
}

const list = z.array(z.string());
const declaredSchema = z.record(z.string(), z.union([z.null(), list, z.looseObject({ requires: list })]));

/** Fails with `yaml/*`, `json/syntax`, `resolve/wrong-declaration`, `resolve/newer-graph`. */
export function parseDeclared(file: string, text: string): Outcome<Declared> {
  if (!/^\s*\{/.test(text)) {
    const document = parseYaml(file, text, declaredSchema);
    return document.ok ? ok(fromMap(file, document.value.value)) : document;
  }
  const document = parseJson(file, text);
  if (!document.ok) return document;
  const { value } = document.value;
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  return typeof schema === 'string' ? fromGraph(file, schema, document.value) : fromJson(file, document.value);
}

function fromGraph(file: string, schema: string, document: JsonDocument): Outcome<Declared> {
  if (schema !== 'mwpipe.graph/1') {
    return fail({
      code: 'resolve/newer-graph',
      message: `the file has schema ${quote(schema)}, this mwpipe reads "mwpipe.graph/1"`,
      hint: 'write it again with this one: mwpipe graph --format json --out FILE',
      at: document.at(['schema']),
    });
  }
  const checked = graphSchema.safeParse(document.value);
  if (!checked.success) return wrong(checked.error.issues, document);
  const { components, edges } = checked.data;
  return ok(sorted(file, { names: components.map(({ name }) => name), edges }));
}

function fromJson(file: string, document: JsonDocument): Outcome<Declared> {
  const checked = declaredSchema.safeParse(document.value);
  return checked.success ? ok(fromMap(file, checked.data)) : wrong(checked.error.issues, document);
}

function wrong(issues: readonly z.core.$ZodIssue[], document: JsonDocument): Outcome<Declared> {
  const told = issues.map((issue): Diagnostic => {
    const path = issue.path.map(String);
    const where = path.length === 0 ? 'this file' : quote(path.join('.'));
    return {
      code: 'resolve/wrong-declaration',
      message: `${where}: ${issue.message}`,
      hint: 'a map of a repo to the list of those that it needs, or a graph of mwpipe graph --format json',
      at: document.at(path),
    };
  });
  return settle(undefined as never, told);
}

function fromMap(file: string, map: z.output<typeof declaredSchema>): Declared {
  const edges = Object.entries(map).flatMap(([from, needs]) => {
    const names = needs === null ? [] : Array.isArray(needs) ? needs : needs.requires;
    return names.map((to) => ({ from: componentOf(from), to: componentOf(to) }));
  });
  return sorted(file, { names: Object.keys(map).map(componentOf), edges });
}

/** `mediawiki/extensions/Cite` is `Cite`, `mediawiki/skins/Vector` is `skins/Vector`. */
function componentOf(repo: string): string {
  return repo.replace(/^mediawiki\//, '').replace(/^extensions\//, '');
}

function sorted(file: string, { names, edges }: Omit<Declared, 'file'>): Declared {
  const unique = new Map(edges.map(({ from, to }) => [`${from}\0${to}`, { from, to }]));
  const all = new Set([...names, ...edges.flatMap(({ from, to }) => [from, to])]);
  return {
    file,
    names: [...all].sort(),
    edges: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge),
  };
}
