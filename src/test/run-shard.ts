/** Runs one shard in a container of its own: its copy of the wiki, no network, output followed as it comes. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { placeOf } from '../kernel/component-place.ts';
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
  /** Writes `record.jsonl` beside the JUnit file. */
  readonly record: boolean;
}

export interface ShardReport {
  readonly shard: Shard;
  /** Where its lists, logs and JUnit XML are. */
  readonly folder: string;
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

/** Of the whole shard; a test file that hangs is ended long before, by the shard itself. */
const DEADLINE_MS = 3_600_000;

export async function runShard(
  shard: Shard,
  run: ShardRun,
  tools: { readonly runner: Runner; readonly context: RunContext<TestEvent> },
): Promise<Outcome<ShardReport>> {
  const { context } = tools;
  const started = context.clock.now();
  context.emit({ code: 'test/shard-started', shard: shard.name, classes: shard.tests.length });
  const folder = await shardFolder(shard, run);
  const ended = await runContainer({ shard, run, folder }, tools);
  if (!ended.ok) return ended;
  const report = await readReport({ shard, folder, ended: ended.value, ms: context.clock.now() - started });
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

async function shardFolder(shard: Shard, run: ShardRun): Promise<string> {
  const folder = join(run.folder, shard.name.replaceAll(' ', '-'));
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777); // www-data of the container writes the JUnit file
  const paths = shard.tests.map(({ file }) => `/srv/mediawiki/${placeOf(shard.component, file)}\n`);
  await writeFile(join(folder, 'tests.txt'), paths.join(''));
  return folder;
}

interface Work {
  readonly shard: Shard;
  readonly run: ShardRun;
  readonly folder: string;
}

interface Ended {
  readonly results: ShardResults;
  readonly exitCode: number;
  readonly timedOut: boolean;
  /** The end of its stderr. */
  readonly tail: string;
  readonly keptAs: string | undefined;
}

async function runContainer(
  { shard, run, folder }: Work,
  tools: { readonly runner: Runner; readonly context: RunContext<TestEvent> },
): Promise<Outcome<Ended>> {
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
  const { exitCode, timedOut, keptAs } = ran.value;
  return ok({ results: reader.read(), exitCode, timedOut, tail, keptAs });
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
      ...(run.record ? { MWPIPE_RECORD: '/srv/out/record.jsonl' } : {}),
    },
    mounts: [
      bind(folder, '/srv/out', false),
      bind(run.snapshot, '/srv/snapshot.tar'),
      ...(run.wiki.patch?.mounts ?? []),
    ],
    user: 'www-data',
    network: 'none',
    labels: { 'mwpipe.role': 'test', 'mwpipe.run': run.run, 'mwpipe.shard': shard.name },
    deadlineMs: DEADLINE_MS,
    keepFailed: run.keepFailed,
  };
}

async function readReport(done: {
  readonly shard: Shard;
  readonly folder: string;
  readonly ended: Ended;
  readonly ms: number;
}): Promise<ShardReport> {
  const { shard, folder, ended, ms } = done;
  const { results, keptAs } = ended;
  const junit = join(folder, 'junit.xml');
  const totals = readJunit(await readFile(junit, 'utf8').catch(() => ''));
  const whole = shard.kind === 'parser' ? ended.exitCode === 0 : totals !== undefined;
  const failed = [...results.failed, ...(whole ? [] : crashesOf(shard, ended))];
  const seen = new Set([...results.finished, ...failed.map((one) => one.class)]);
  return {
    shard,
    folder,
    tests: results.tests,
    assertions: totals?.assertions ?? 0,
    failed,
    skipped: results.skipped,
    silent: seen.has('') ? [] : shard.tests.filter((one) => !seen.has(one.class)),
    junit: totals === undefined ? [] : [junit],
    ...(keptAs === undefined ? {} : { keptAs }),
    ms,
  };
}

/**
 * A shard that didn't come to its end: the class that was running is to blame; where none had started, the shard can't
 * start. Each file of parser tests has a PHP of its own: those that didn't come to their end.
 */
function crashesOf(shard: Shard, { results, timedOut, tail }: Ended): FailedTest[] {
  const message = timedOut ? `took longer than ${String(DEADLINE_MS / 60_000)} min` : lastWords(tail);
  const test = timedOut ? '(not finished)' : '(PHP ended)';
  const open = shard.tests.map((one) => one.class).filter((name) => !results.finished.has(name));
  const blamed = shard.kind === 'parser' ? open : [results.running ?? ''];
  return blamed.map((name) => ({ component: shard.component, class: name, test, message }));
}

function lastWords(tail: string): string {
  return tail.trim().split('\n').slice(-8).join('\n');
}

async function closed(stream: WriteStream): Promise<void> {
  stream.end();
  await once(stream, 'close');
}
