/**
 * As much of a Dockerfile as policy and caching need: its stages, what each stands on and which files it copies.
 * A runtime stands on the base that mwpipe bootstrapped, on an earlier stage of its own, or on an image that the
 * workspace allows, by its digest.
 */
import type { Diagnostic, SourceRange } from '../../kernel/diagnostic.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import { baseProblem, BOOTSTRAPPED, type BaseRules } from './base-problem.ts';
import { instructions, type Instruction } from './instructions.ts';

export interface Stage {
  readonly name: string | undefined;
  /** What its lowest layers are: the bootstrapped base, or an image by its digest. */
  readonly base: string;
  /** Earlier stages that it is made from. */
  readonly uses: readonly number[];
  /** Sources of its COPY and ADD lines, relative to the context. */
  readonly copies: readonly { readonly path: string; readonly at: SourceRange }[];
  /** Of its FROM, from 1. */
  readonly line: number;
  /** Its lines, as they stand. */
  readonly text: string;
}

const BASE = /^\$(BASE|\{BASE\})$/;

/** Fails with `build/untrusted-base`, `build/base-by-tag` (refused) and `build/no-base`, for each image that it names. */
export function readDockerfile(file: string, text: string, rules: BaseRules): Outcome<readonly Stage[]> {
  const problems: Diagnostic[] = [];
  const stages: Stage[] = [];
  const lines = instructions(file, text);
  const starts = lines.flatMap((line, index) => (line.name === 'FROM' ? [index] : []));
  for (const [number, start] of starts.entries()) {
    const { stage, refused } = readStage(lines.slice(start, starts[number + 1]), { earlier: stages, rules });
    stages.push(stage);
    problems.push(...refused);
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

/**
 * The Dockerfile with these stages alone: the classic builder makes every stage before the wanted one, needed or not. The
 * others stay as empty ones, so that numbers in COPY --from mean the same.
 */
export function onlyStages(text: string, stages: readonly Stage[], needed: readonly Stage[]): string {
  const lines = text.split('\n');
  const kept = stages.slice(0, stages.findLastIndex((stage) => needed.includes(stage)) + 1);
  const bodies = kept.map((stage, index) => {
    if (!needed.includes(stage)) return ['FROM scratch', ''];
    const next = stages[index + 1];
    return lines.slice(stage.line - 1, next === undefined ? undefined : next.line - 1);
  });
  return [...lines.slice(0, (stages[0]?.line ?? 1) - 1), ...bodies.flat()].join('\n');
}

function readStage(
  lines: readonly Instruction[],
  { earlier, rules }: { readonly earlier: readonly Stage[]; readonly rules: BaseRules },
): { readonly stage: Stage; readonly refused: readonly Diagnostic[] } {
  const references = lines.flatMap(imageReference);
  const numbered = references.map((reference) => ({ ...reference, stage: stageNumber(reference.image, earlier) }));
  const outside = numbered.filter(({ stage }) => stage === undefined).map(asBase);
  const from = lines[0]?.words ?? [];
  const name = from.at(-2)?.toUpperCase() === 'AS' ? from.at(-1) : undefined;
  const uses = numbered.flatMap(({ stage }) => (stage === undefined ? [] : [stage]));
  const parent = numbered[0]?.stage;
  const base = parent === undefined ? (outside[0]?.image ?? '') : (earlier[parent]?.base ?? '');
  const text = lines.map((line) => line.text).join('\n');
  return {
    stage: { name, base, uses, copies: lines.flatMap(copiesOf), line: lines[0]?.at.line ?? 1, text },
    refused: outside.flatMap(({ image, at }) => baseProblem(image, at, rules) ?? []),
  };
}

interface Reference {
  readonly image: string;
  readonly at: SourceRange;
}

function asBase({ image, at }: Reference): Reference {
  return { image: BASE.test(image) ? BOOTSTRAPPED : image, at };
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

function noStage(file: string): Diagnostic {
  const at = { file, line: 1, column: 1, length: 1 };
  return { code: 'build/no-stage', message: 'this Dockerfile has no FROM line', hint: 'begin with FROM ${BASE}', at };
}
