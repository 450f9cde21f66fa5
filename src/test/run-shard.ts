/** Runs one shard in a container of its own: its copy of the wiki, no network, output followed as it comes. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Mount, Runner, RunRequest } from '../kernel/runner.ts';
import type { FailedTest, TestEvent } from './events.ts';
import { readJunit } from './junit.ts';
import type { Shard, ShardTest } from './plan-shards.ts';
import { parserResults, phpunitResults, type ShardResults, type SkippedTest } from './shard-results.ts';
import { wikiEnvironment, type TestWiki } from './wiki-snapshot.ts';

export interface ShardRun {
  readonly wiki: TestWiki;
  /** The snapshot's tar. */
  readonly snapshot: string;
  /** Folder of this run: one below it for each shard. */
  readonly folder: string;
  readonly run: string;
  readonly keepFailed: boolean;
}

export interface ShardReport {
  readonly shard: Shard;
  readonly tests: number;
  readonly assertions: number;
  readonly failed: readonly FailedTest[];
  readonly skipped: readonly SkippedTest[];
  /** Selected, but no test of theirs ran. */
  readonly silent: readonly ShardTest[];
  readonly junit: readonly string[];
  readonly keptAs?: string;
  readonly ms: number;
}

const DEADLINE_MS = 900_000;

/** A class that takes PHP down with it is reported as failed, and those after it run in another container. */
export async function runShard(
  shard: Shard,
  run: ShardRun,
  tools: { readonly runner: Runner; readonly context: RunContext<TestEvent> },
): Promise<Outcome<ShardReport>> {
  const { context } = tools;
  const started = context.clock.now();
  context.emit({ code: 'test/shard-started', shard: shard.name, classes: shard.tests.length });
  const parts: Part[] = [];
  let left: readonly ShardTest[] = shard.tests;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    const part = await runPart({ ...shard, tests: left }, { ...run, attempt }, tools);
    if (!part.ok) return part;
    parts.push(part.value);
    left = part.value.left;
  }
  const report = summarise(shard, parts, context.clock.now() - started);
  const { tests, failed, skipped, ms } = report;
  context.emit({
    code: 'test/shard-finished',
    shard: shard.name,
    tests,
    failed: failed.length,
    skipped: skipped.length,
    ms,
  });
  return ok(report);
}

interface Part {
  readonly results: ShardResults;
  readonly assertions: number;
  readonly crashes: readonly FailedTest[];
  readonly junit: string | undefined;
  readonly keptAs: string | undefined;
  /** Not run because of the crash. */
  readonly left: readonly ShardTest[];
}

async function runPart(
  shard: Shard,
  run: ShardRun & { readonly attempt: number },
  tools: { readonly runner: Runner; readonly context: RunContext<TestEvent> },
): Promise<Outcome<Part>> {
  const folder = join(run.folder, `${shard.name.replaceAll(' ', '-')}${run.attempt === 1 ? '' : `-${run.attempt}`}`);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777); // www-data of the container writes the JUnit file
  const paths = shard.tests.map(({ file }) => `/srv/mediawiki/${shard.component}/${file}\n`);
  await writeFile(join(folder, 'tests.txt'), paths.join(''));
  const reader = (shard.kind === 'parser' ? parserResults : phpunitResults)(shard, (now) => {
    const { done, tests, failed } = now;
    if (failed !== undefined) tools.context.emit({ code: 'test/test-failed', shard: shard.name, failed });
    tools.context.emit({ code: 'test/shard-progressed', shard: shard.name, done, tests });
  });
  const log = createWriteStream(join(folder, 'output.log'));
  let tail = '';
  const ran = await tools.runner.run(
    requestFor(shard, run, folder),
    {
      stdout: (chunk) => {
        log.write(chunk);
        reader.write(chunk);
      },
      stderr: (chunk) => {
        log.write(chunk);
        tail = (tail + chunk).slice(-2000);
      },
    },
    { ...tools.context, emit: () => undefined },
  );
  await closed(log);
  if (!ran.ok) return ran;
  const junit = join(folder, 'junit.xml');
  const totals = readJunit(await readFile(junit, 'utf8').catch(() => ''));
  const results = reader.read();
  const { exitCode, timedOut } = ran.value;
  const whole = shard.kind === 'parser' ? exitCode === 0 : totals !== undefined;
  return ok({
    results,
    assertions: totals?.assertions ?? 0,
    crashes: whole ? [] : crashesOf(shard, results, { timedOut, tail }),
    left: whole ? [] : leftAfter(shard, results),
    junit: totals === undefined ? undefined : junit,
    keptAs: ran.value.keptAs,
  });
}

function requestFor(shard: Shard, run: ShardRun, folder: string): RunRequest {
  const bind = (source: string, target: string, readOnly = true): Mount => ({ kind: 'bind', source, target, readOnly });
  return {
    image: run.wiki.imageId,
    argv: [`/srv/mwpipe-test/${shard.kind === 'parser' ? 'run-parser-tests' : 'run-shard'}`],
    env: {
      ...wikiEnvironment(run.wiki),
      MWPIPE_TESTS: '/srv/out/tests.txt',
      MWPIPE_JUNIT: '/srv/out/junit.xml',
      MEDIAWIKI_HAS_INTEGRATION_TESTS: String(shard.kind !== 'unit'),
    },
    mounts: [
      bind(folder, '/srv/out', false),
      bind(run.snapshot, '/srv/snapshot.tar'),
      ...(run.wiki.patch === undefined ? [] : [run.wiki.patch.mount]),
    ],
    user: 'www-data',
    network: 'none',
    labels: { 'mwpipe.role': 'test', 'mwpipe.run': run.run, 'mwpipe.shard': shard.name },
    deadlineMs: DEADLINE_MS,
    keepFailed: run.keepFailed,
  };
}

/**
 * The class that was running is to blame; where none had started, the shard can't start. Each file of parser tests has
 * a PHP of its own: those that didn't come to their end.
 */
function crashesOf(
  shard: Shard,
  results: ShardResults,
  ended: { readonly timedOut: boolean; readonly tail: string },
): FailedTest[] {
  const message = ended.timedOut ? `took longer than ${String(DEADLINE_MS / 60_000)} min` : lastWords(ended.tail);
  const test = ended.timedOut ? '(not finished)' : '(PHP ended)';
  const open = shard.tests.map((one) => one.class).filter((name) => !results.finished.has(name));
  const blamed = shard.kind === 'parser' ? open : [results.running ?? ''];
  return blamed.map((name) => ({ component: shard.component, class: name, test, message }));
}

function leftAfter(shard: Shard, results: ShardResults): readonly ShardTest[] {
  if (shard.kind === 'parser' || results.running === undefined) return [];
  return shard.tests.filter((one) => !results.finished.has(one.class) && one.class !== results.running);
}

function lastWords(tail: string): string {
  return tail.trim().split('\n').slice(-8).join('\n');
}

function summarise(shard: Shard, parts: readonly Part[], ms: number): ShardReport {
  const crashes = parts.flatMap((part) => part.crashes);
  const seen = new Set(parts.flatMap(({ results }) => [...results.finished]));
  for (const crash of crashes) seen.add(crash.class);
  const keptAs = parts.find((part) => part.keptAs !== undefined)?.keptAs;
  return {
    shard,
    tests: sum(parts.map(({ results }) => results.tests)),
    assertions: sum(parts.map(({ assertions }) => assertions)),
    failed: [...parts.flatMap(({ results }) => results.failed), ...crashes],
    skipped: parts.flatMap(({ results }) => results.skipped),
    silent: crashes.some((crash) => crash.class === '') ? [] : shard.tests.filter((one) => !seen.has(one.class)),
    junit: parts.flatMap(({ junit }) => (junit === undefined ? [] : [junit])),
    ...(keptAs === undefined ? {} : { keptAs }),
    ms,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

async function closed(stream: WriteStream): Promise<void> {
  stream.end();
  await once(stream, 'close');
}
