/** What a shard's output says: each test that failed or was skipped, and whether the run came to its end. */
import { placeOf } from '../kernel/component-place.ts';
import type { FailedTest } from './events.ts';
import type { Shard } from './plan-shards.ts';
import { teamcityReader } from './teamcity.ts';

export interface SkippedTest {
  readonly component: string;
  readonly class: string;
  readonly test: string;
  readonly because: string;
}

export interface ShardResults {
  readonly tests: number;
  readonly failed: readonly FailedTest[];
  readonly skipped: readonly SkippedTest[];
  /** Classes that ran to their end. */
  readonly finished: ReadonlySet<string>;
  /** The class that was running when the output ended. */
  readonly running: string | undefined;
}

export interface ResultsReader {
  write(chunk: string): void;
  read(): ShardResults;
}

export interface Progress {
  readonly done: number;
  readonly tests: number;
  readonly failed?: FailedTest;
}

export function phpunitResults(shard: Shard, progress: (now: Progress) => void): ResultsReader {
  const state = emptyState();
  const write = teamcityReader((message) => {
    switch (message.kind) {
      case 'count':
        state.tests += message.tests; // of one file: each has a process of its own
        break;
      case 'class-started':
        state.running = message.class;
        break;
      case 'class-finished':
        if (message.class === state.running) {
          state.finished.add(message.class);
          state.running = undefined;
        }
        break;
      case 'failed': {
        const failed = failedTest(shard, state.running ?? '', message);
        state.failed.push(failed);
        progress({ done: state.done, tests: state.tests, failed });
        break;
      }
      case 'ignored':
        state.skipped.push(skippedTest(shard, state.running ?? '', message));
        break;
      case 'finished':
        state.done += 1;
        progress({ done: state.done, tests: state.tests });
        break;
      case 'crashed': {
        const failed = crashedTest(shard, state.running, message);
        state.failed.push(failed);
        state.running = undefined;
        progress({ done: state.done, tests: state.tests, failed });
        break;
      }
    }
  });
  return { write, read: () => ({ ...state, tests: state.done }) };
}

/** parserTests.php: `Running test NAME... PASSED`, a difference after a failed one, `Passed 3 of 3 tests` for a file. */
export function parserResults(shard: Shard, progress: (now: Progress) => void): ResultsReader {
  const state = emptyState();
  let rest = '';
  const line = (text: string): void => {
    const file = /^Running parser tests from "(.*)"/.exec(text)?.[1];
    if (file !== undefined) state.running = shard.tests.find((test) => file.endsWith(test.file))?.class;
    const [, test, verdict] = /^Running test (.*)\.\.\. (PASSED|FAILED|SKIPPED)/.exec(text) ?? [];
    const className = state.running ?? '';
    if (test !== undefined) {
      state.done += 1;
      if (verdict === 'SKIPPED') {
        state.skipped.push({ component: shard.component, class: className, test, because: 'the parser tests skip it' });
      }
      const failed = { component: shard.component, class: className, test, message: 'other HTML than expected' };
      if (verdict === 'FAILED') state.failed.push(failed);
      progress({ done: state.done, tests: 0, ...(verdict === 'FAILED' ? { failed } : {}) });
    }
    if (/^(Passed \d+ of \d+ tests|No tests found)/.test(text) && state.running !== undefined) {
      state.finished.add(state.running);
      state.running = undefined;
    }
  };
  const write = (chunk: string): void => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(line);
  };
  return { write, read: () => ({ ...state, tests: state.done }) };
}

interface State {
  tests: number;
  done: number;
  failed: FailedTest[];
  skipped: SkippedTest[];
  finished: Set<string>;
  running: string | undefined;
}

function emptyState(): State {
  return { tests: 0, done: 0, failed: [], skipped: [], finished: new Set(), running: undefined };
}

interface Told {
  readonly test: string;
  readonly message: string;
}

function failedTest(shard: Shard, className: string, told: Told & { readonly details: string }): FailedTest {
  const { test, message, details } = told;
  const inside = new RegExp(`/srv/mediawiki/${placeOf(shard.component, '')}(\\S+?):(\\d+)`);
  const own = [...details.matchAll(new RegExp(inside, 'g'))].findLast(([, file]) => file?.includes('tests/') === true);
  const [, file, line] = own ?? inside.exec(details) ?? [];
  return {
    component: shard.component,
    class: className,
    test,
    message: message.trim(),
    ...(file === undefined ? {} : { file, line: Number(line) }),
  };
}

function crashedTest(
  shard: Shard,
  running: string | undefined,
  { file, message }: { readonly file: string; readonly message: string },
): FailedTest {
  const test = shard.tests.find((one) => file.endsWith(`/${one.file}`));
  const name = running ?? test?.class ?? '';
  const at = test === undefined ? {} : { file: test.file };
  return { component: shard.component, class: name, test: '(PHP ended)', message, ...at };
}

function skippedTest(shard: Shard, className: string, told: Told): SkippedTest {
  return { component: shard.component, class: className, test: told.test, because: told.message.trim() };
}

/** PHPUnit skips a test whose extension isn't there without a word to the one who waits: we say it. */
export function lacksExtension({ because }: SkippedTest): boolean {
  return /^Extension .* is required|\bis not (installed|loaded)\b/.test(because);
}
