/**
 * Selection against the truth: mutants of the demo set's PHP, each tested by everything the set has; whatever newly
 * fails must have been selected. What fails only because a test before it left the process broken (it passes alone) is
 * a cascade, counted apart. Bounded by --minutes; --seed draws other mutants.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment } from '../src/cli/process.ts';
import { openTesting, type TestOptions } from '../src/composition/test.ts';
import { systemClock } from '../src/kernel/clock.ts';
import type { Outcome } from '../src/kernel/outcome.ts';
import { openWorkspace, type Workspace } from '../src/kernel/workspace.ts';
import { readLock } from '../src/resolve/index.ts';
import { loadPhpReader, type PlannedTest, type TestReport } from '../src/test/index.ts';
import { runCommand } from '../test/worlds/command.ts';
import { ensureWorld, worldCheckout } from '../test/worlds/mediawiki/index.ts';
import { mutantsOf, mutate, shuffled, type Mutant } from '../test/worlds/php-mutants.ts';
import { phpGrammar } from '../test/worlds/php-grammar.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '15' },
    killed: { type: 'string', default: '20' },
  },
});
const SEED = Number(values.seed);
const WANTED = values.quick ? 3 : Number(values.killed);
const MINUTES = values.quick ? 4 : Number(values.minutes);
const SET = 'demo';

interface Tried {
  readonly component: string;
  readonly mutant: Mutant;
  /** Classes and parser-test items that fail with it and not without it. */
  readonly failing: readonly string[];
  readonly missed: readonly string[];
  readonly cascades: number;
  readonly otherComponents: number;
  readonly selected: number;
  readonly total: number;
  readonly planMs: number;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error('interrupted')));
const context = { signal: stop.signal, clock: systemClock, emit: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'mwpipe-bench-'));
const started = Date.now();

try {
  const workspace = await prepareWorkspace();
  const drawn = await drawMutants(workspace);
  process.stdout.write(
    `${drawn.length} mutants to draw from, seed ${SEED}; up to ${WANTED} killed in ${MINUTES} min\n`,
  );
  const tried: Tried[] = [];
  const enough = (): boolean => tried.filter((one) => one.failing.length > 0).length >= WANTED;
  for (const one of drawn) {
    if (enough() || Date.now() - started > MINUTES * 60_000) break;
    const result = await tryMutant(workspace, one);
    tried.push(result);
    process.stdout.write(`${lineOf(result)}\n`);
  }
  report(tried);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A copy, so that nobody's edit of images/ changes what is measured. */
async function prepareWorkspace(): Promise<Workspace> {
  const root = join(folder, 'workspace');
  mkdirSync(root);
  for (const one of ['mwpipe.yaml', 'images', 'extension-sets']) {
    cpSync(resolve(import.meta.dirname, '..', one), join(root, one), { recursive: true });
  }
  return valueOf(await openWorkspace({ from: root, cache: environment.cache() }));
}

interface Drawn {
  readonly component: string;
  readonly checkout: string;
  readonly mutant: Mutant;
}

/** The components take turns, so that a large one isn't all that is measured. */
async function drawMutants(workspace: Workspace): Promise<Drawn[]> {
  using read = await loadPhpReader(phpGrammar);
  const world = valueOf(await ensureWorld({ cache: workspace.cache, context }));
  const lock = valueOf(await readLock(workspace.root, SET));
  const turns: Drawn[][] = [];
  for (const { kind, path, ref } of lock.components) {
    if (kind !== 'extension' && kind !== 'skin') continue;
    const checkout = join(folder, path);
    await worldCheckout(world, { component: path, branch: ref.replace('refs/heads/', ''), into: checkout });
    const files = (await runCommand(['git', 'ls-files', '*.php'], { cwd: checkout })).stdout.trim().split('\n');
    const runtime = files.filter((file) => file !== '' && !/(^|\/)(tests|maintenance|vendor|i18n)\//.test(file));
    const mutants = runtime.flatMap((file) => {
      const text = readFileSync(join(checkout, file), 'utf8');
      return mutantsOf(file, text, read(text)).filter((one) => read(mutate(text, one)).error === undefined);
    });
    turns.push(shuffled(mutants, SEED).map((mutant) => ({ component: path, checkout, mutant })));
  }
  const longest = Math.max(...turns.map((one) => one.length));
  return Array.from({ length: longest }, (_, round) => turns.flatMap((one) => one[round] ?? [])).flat();
}

async function tryMutant(workspace: Workspace, { component, checkout, mutant }: Drawn): Promise<Tried> {
  const file = join(checkout, mutant.path);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, mutate(text, mutant));
  try {
    const options: TestOptions = { folder: checkout, set: SET, runtime: 'php82' };
    const testing = valueOf(await openTesting(workspace, options, context));
    const before = Date.now();
    const planned = valueOf(await testing.plan());
    const planMs = Date.now() - before;
    const truth = valueOf(await openTesting(workspace, { ...options, all: true }, context));
    const everything = valueOf(await truth.plan());
    const failing = failingItems(valueOf(await truth.run(everything)));
    const unselected = [...failing].filter((item) => !itemsOf(planned).has(item));
    const alone =
      unselected.length === 0
        ? new Set<string>()
        : failingItems(valueOf(await truth.run(only(everything, unselected))));
    const missed = unselected.filter((item) => alone.has(item));
    return {
      component,
      mutant,
      failing: [...failing],
      missed,
      cascades: unselected.length - missed.length,
      otherComponents: [...failing].filter((item) => !item.startsWith(`${component} `)).length,
      selected: planned.plan.selected.length,
      total: planned.plan.total,
      planMs,
    };
  } finally {
    writeFileSync(file, text);
  }
}

/** `extensions/Cite Cite\Tests\CiteTest`, or `extensions/Cite parser`. */
function itemsOf({ plan }: PlannedTest): Set<string> {
  const classes = plan.selected.map((test) => `${test.component} ${test.class}`);
  return new Set([...classes, ...plan.parserTests.map(({ component }) => `${component} parser`)]);
}

function failingItems({ failed }: TestReport): Set<string> {
  return new Set(failed.map(({ component, class: name }) => `${component} ${name.endsWith('.txt') ? 'parser' : name}`));
}

function only(everything: PlannedTest, items: readonly string[]): PlannedTest {
  const { plan } = everything;
  const selected = plan.selected.filter((test) => items.includes(`${test.component} ${test.class}`));
  const parserTests = plan.parserTests.filter(({ component }) => items.includes(`${component} parser`));
  return { ...everything, plan: { ...plan, selected, parserTests } };
}

function lineOf(one: Tried): string {
  const verdict = one.failing.length === 0 ? 'survived' : one.missed.length > 0 ? 'MISSED' : 'selected';
  const place = `${one.component}/${one.mutant.path}:${one.mutant.line}`;
  const missed = one.missed.map((item) => `\n    missed ${item}`).join('');
  return `${verdict.padEnd(9)} ${one.failing.length} failing (${one.otherComponents} elsewhere), ${one.selected} of ${one.total} selected  ${one.mutant.kind}: ${place}${missed}`;
}

function report(tried: readonly Tried[]): void {
  const killed = tried.filter((one) => one.failing.length > 0);
  const shares = killed.map((one) => one.selected / one.total).sort((a, b) => a - b);
  const figures = {
    seed: SEED,
    mutants: tried.length,
    killed: killed.length,
    failing_items: sum(killed.map((one) => one.failing.length)),
    failing_elsewhere: killed.filter((one) => one.otherComponents > 0).length,
    missed_mutants: killed.filter((one) => one.missed.length > 0).length,
    missed_items: sum(killed.map((one) => one.missed.length)),
    cascades: sum(killed.map((one) => one.cascades)),
    median_plan_ms: middle(tried.map((one) => one.planMs)),
    minutes: Math.round((Date.now() - started) / 6000) / 10,
  };
  const mean = shares.length === 0 ? 0 : sum(shares) / shares.length;
  const ratios = { median_share_of_classes: round(middle(shares)), mean_share_of_classes: round(mean) };
  process.stdout.write(`${JSON.stringify({ bench: 'selection-safety', ratios, figures })}\n`);
  process.exitCode = figures.missed_items === 0 ? 0 : 1;
}

function middle(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map(({ message, hint }) => `${message} (${hint ?? ''})`).join('\n'));
}
