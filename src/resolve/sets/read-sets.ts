/** Reads a set's file and those of all that it extends, each once: nothing is merged here. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';
import { isSetName, knownSets, readSetFile, type SetFile } from './set-file.ts';

/** A set's file, and what it extends, in its order. Two sets that extend the same one share its node. */
export interface SetNode {
  readonly set: string;
  readonly document: YamlDocument<SetFile>;
  readonly parents: readonly { readonly node: SetNode; readonly at: SourceRange }[];
}

interface Reference {
  readonly name: string;
  readonly via: readonly string[];
  readonly at?: SourceRange;
}

interface Reading {
  readonly root: string;
  readonly known: readonly string[];
  /** Undefined: could not be read, which `wrong` tells. */
  readonly nodes: Map<string, SetNode | undefined>;
  readonly wrong: Diagnostic[];
}

/** Fails with `yaml/*`, `resolve/unknown-set`, `resolve/wrong-set-name`, `resolve/set-cycle`, `resolve/huge-file`. */
export async function readSets(root: string, set: string): Promise<Outcome<SetNode>> {
  const reading: Reading = { root, known: await knownSets(root), nodes: new Map(), wrong: [] };
  const node = await readNode({ name: set, via: [] }, reading);
  return settle(node as SetNode, reading.wrong);
}

async function readNode(reference: Reference, reading: Reading): Promise<SetNode | undefined> {
  const { name, via } = reference;
  if (via.includes(name)) {
    reading.wrong.push(circle(reference));
    return undefined;
  }
  if (reading.nodes.has(name)) return reading.nodes.get(name);
  if (!reading.known.includes(name)) {
    reading.wrong.push(unknownSet(reference, reading.known));
    return undefined;
  }
  const document = await readSetFile(reading.root, name);
  if (!document.ok) reading.wrong.push(...document.diagnostics);
  const node = document.ok ? await withParents(reference, document.value, reading) : undefined;
  reading.nodes.set(name, node);
  return node;
}

async function withParents(
  { name, via }: Reference,
  document: YamlDocument<SetFile>,
  reading: Reading,
): Promise<SetNode> {
  const parents: { node: SetNode; at: SourceRange }[] = [];
  for (const [index, parent] of document.value.extends.entries()) {
    const at = document.at(['extends', index]);
    const node = await readNode({ name: parent, via: [...via, name], at }, reading);
    if (node !== undefined) parents.push({ node, at });
  }
  return { set: name, document, parents };
}

function circle({ name, via, at }: Reference): Diagnostic {
  const message = `${[...via, name].join(' extends ')}: a circle`;
  return { code: 'resolve/set-cycle', message, hint: 'remove one of them', ...(at === undefined ? {} : { at }) };
}

export function unknownSet(
  { name, at }: { readonly name: string; readonly at?: SourceRange },
  known: readonly string[],
): Diagnostic {
  const place = at === undefined ? {} : { at };
  if (!isSetName(name)) return { ...wrongSetName(name), ...place };
  const near = nearest(name, known);
  const hint = near === undefined ? `sets here: ${known.join(', ') || 'none'}` : `did you mean ${near}?`;
  return { code: 'resolve/unknown-set', message: `there is no extension set ${quote(name)}`, hint, ...place };
}

export function wrongSetName(name: string): Diagnostic {
  const message = `${quote(name)} is no name of an extension set: a path, or what looks like one`;
  return { code: 'resolve/wrong-set-name', message, hint: 'write demo for extension-sets/demo.yaml' };
}
