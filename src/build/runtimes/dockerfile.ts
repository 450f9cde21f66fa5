/**
 * As much of a Dockerfile as policy and caching need: its stages, what each stands on and which files it copies.
 * A runtime stands on the base that mwpipe bootstrapped, or on an earlier stage of its own, never on a pulled image.
 */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';

export interface Stage {
  readonly name: string | undefined;
  /** Earlier stages that it is made from. */
  readonly uses: readonly number[];
  /** Sources of its COPY and ADD lines, relative to the context. */
  readonly copies: readonly { readonly path: string; readonly at: SourceRange }[];
  /** Its lines, as they stand. */
  readonly text: string;
}

interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
  readonly text: string;
  readonly at: SourceRange;
}

const BASE = /^\$(BASE|\{BASE\})$/;

/** Fails with `build/untrusted-base` (refused) for each image that isn't ${BASE} or an earlier stage. */
export function readDockerfile(file: string, text: string): Outcome<readonly Stage[]> {
  const problems: Diagnostic[] = [];
  const stages: Stage[] = [];
  const lines = instructions(file, text);
  const starts = lines.flatMap((line, index) => (line.name === 'FROM' ? [index] : []));
  for (const [number, start] of starts.entries()) {
    const { stage, untrusted } = readStage(lines.slice(start, starts[number + 1]), stages);
    stages.push(stage);
    problems.push(...untrusted);
  }
  if (stages.length === 0) problems.push(noStage(file));
  return settle(stages, problems);
}

/** The stage called `target` (the last one where none is named) and all that it is made from, in order. */
export function neededStages(stages: readonly Stage[], target: string | undefined): readonly Stage[] | undefined {
  const wanted = target === undefined ? stages.length - 1 : stages.findIndex((stage) => stage.name === target);
  if (wanted === -1) return undefined;
  const needed = new Set([wanted]);
  for (const index of needed) for (const used of stages[index]?.uses ?? []) needed.add(used);
  return stages.filter((_, index) => needed.has(index));
}

function readStage(
  lines: readonly Instruction[],
  earlier: readonly Stage[],
): { readonly stage: Stage; readonly untrusted: readonly Diagnostic[] } {
  const references = lines.flatMap(imageReference);
  const numbered = references.map((reference) => ({ ...reference, stage: stageNumber(reference.image, earlier) }));
  const untrusted = numbered.filter(({ image, stage }) => stage === undefined && !BASE.test(image)).map(untrustedBase);
  const from = lines[0]?.words ?? [];
  const name = from.at(-2)?.toUpperCase() === 'AS' ? from.at(-1) : undefined;
  const uses = numbered.flatMap(({ stage }) => (stage === undefined ? [] : [stage]));
  return {
    stage: { name, uses, copies: lines.flatMap(copiesOf), text: lines.map((line) => line.text).join('\n') },
    untrusted,
  };
}

interface Reference {
  readonly image: string;
  readonly at: SourceRange;
}

function imageReference({ name, words, at }: Instruction): Reference[] {
  if (name === 'FROM') {
    const image = words.find((word) => !word.startsWith('--'));
    return image === undefined ? [] : [{ image, at }];
  }
  const source = /(?:^--from=|^--mount=.*\bfrom=)([^,]+)/;
  return words.flatMap((word) => {
    const image = source.exec(word)?.[1];
    return image === undefined ? [] : [{ image, at }];
  });
}

function stageNumber(image: string, earlier: readonly Stage[]): number | undefined {
  const index = earlier.findIndex((stage, number) => stage.name === image || String(number) === image);
  return index === -1 ? undefined : index;
}

function copiesOf({ name, words, at }: Instruction): { path: string; at: SourceRange }[] {
  if (name !== 'COPY' && name !== 'ADD') return [];
  if (words.some((word) => word.startsWith('--from='))) return [];
  const paths = operands(words).slice(0, -1);
  return paths.map((path) => ({ path: path.replace(/^\.?\//, '').replace(/\/$/, ''), at }));
}

/** `COPY a b /c` and `COPY ["a", "b", "/c"]`. */
function operands(words: readonly string[]): string[] {
  const rest = words.filter((word) => !word.startsWith('--'));
  if (rest[0]?.startsWith('[') !== true) return rest;
  return [...rest.join(' ').matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
}

/** Joins continued lines, leaves out comments. */
function instructions(file: string, text: string): Instruction[] {
  const found: Instruction[] = [];
  let open: { line: number; parts: string[] } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const continues = /\\\s*$/.test(raw);
    open ??= { line: index, parts: [] };
    open.parts.push(continues ? raw.replace(/\\\s*$/, '') : raw);
    if (continues) continue;
    found.push(instruction(file, open));
    open = undefined;
  }
  if (open !== undefined) found.push(instruction(file, open));
  return found;
}

function instruction(file: string, { line, parts }: { line: number; parts: readonly string[] }): Instruction {
  const first = parts[0] ?? '';
  const text = parts.join(' ').trim();
  const [name = '', ...words] = text.split(/\s+/);
  const column = first.length - first.trimStart().length + 1;
  return { name: name.toUpperCase(), words, text, at: { file, line: line + 1, column, length: first.trim().length } };
}

function untrustedBase({ image, at }: Reference): Diagnostic {
  return {
    code: 'build/untrusted-base',
    message: `a runtime can't be made from ${quote(image)}`,
    hint: 'write FROM ${BASE} (bootstrapped from the signed Debian archive, see image.yaml) or name an earlier stage',
    at,
    exit: 'refused',
  };
}

function noStage(file: string): Diagnostic {
  const at = { file, line: 1, column: 1, length: 1 };
  return { code: 'build/no-stage', message: 'this Dockerfile has no FROM line', hint: 'begin with FROM ${BASE}', at };
}
