import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

it('prints events to stderr and the result to stdout, and is done', async () => {
  expect(await run(['done'])).toEqual({ exit: 0, stdout: 'the result is the value\n', stderr: 'happened 1\n' });
});

it('gives programs the same as JSON lines, the result last', async () => {
  const { stdout, stderr } = await run(['done', '', '--json']);
  expect(stderr).toBe('');
  expect(linesOf(stdout)).toEqual([
    { code: 'work/happened', count: 1 },
    { code: 'result', exit: 0, value: { value: 'the value' } },
  ]);
});

it('says that the thing checked failed, though mwpipe did not', async () => {
  expect(await run(['done', 'checked'])).toMatchObject({ exit: 1, stdout: 'the result is the value\n' });
});

it.each([
  ['failed', 1],
  ['input', 2],
  ['outside', 3],
  ['refused', 4],
])('ends a failure of class %s with %d', async (exitClass, exit) => {
  expect(await run(['fails', exitClass])).toEqual({ exit, stdout: '', stderr: 'it is wrong  [work/wrong]\n' });
});

it('takes a failure for wrong input where it does not say', async () => {
  const { exit, stderr } = await run(['fails-by-default']);
  expect({ exit, stderr }).toEqual({ exit: 2, stderr: 'it is wrong  [work/wrong]\n  hint: make it right\n' });
});

it('shows nothing of a private failure, neither to people nor to programs', async () => {
  for (const flags of [[], ['--json']]) {
    const { exit, stdout, stderr } = await run(['fails-in-private', '', ...flags]);
    expect(exit).toBe(2);
    expect(stdout + stderr).toContain('work/wrong');
    expect(stdout + stderr).not.toContain('T1234');
  }
});

it.each([
  ['user', 2],
  ['outside', 3],
  ['policy', 4],
])('ends an error from %s with %d, its code and its hint', async (source, exit) => {
  expect(await run(['throws', source])).toEqual({
    exit,
    stdout: '',
    stderr: 'it is gone  [work/gone]\n  hint: look\n',
  });
});

it('tells programs the exit code that it ends with, for what was thrown too', async () => {
  const { exit, stdout } = await run(['throws', 'outside', '--json']);
  expect(exit).toBe(3);
  expect(linesOf(stdout)).toEqual([
    {
      code: 'result',
      exit: 3,
      diagnostics: [{ code: 'work/gone', message: 'it is gone', hint: 'look', exit: 'outside' }],
    },
  ]);
});

it.each([
  ['throws', 'bug', 'it is gone'],
  ['breaks', '', 'undefined is not a function'],
])('owns up to a bug with its stack: %s %s', async (ending, detail, message) => {
  const { exit, stderr } = await run([ending, detail]);
  expect(exit).toBe(70);
  expect(stderr).toContain(`bug of mwpipe's own`);
  expect(stderr).toContain(message);
  expect(stderr).toContain('child-run.ts');
});

it("shows where the workspace's file is wrong", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mwpipe-run-'));
  writeFileSync(join(folder, 'mwpipe.yaml'), 'version: 1\ntragets: {}\n');
  const { exit, stderr } = await run(['workspace', folder]);
  rmSync(folder, { recursive: true });
  expect(exit).toBe(2);
  expect(stderr).toBe(`${folder}/mwpipe.yaml:2:1  unknown key "tragets"  [yaml/unknown-key]
  1 │ version: 1
  2 │ tragets: {}
    │ ^^^^^^^
  hint: did you mean targets?
`);
});

it.each(['SIGINT', 'SIGTERM'] as const)('stops at the next safe place on %s, and ends with 130', async (signal) => {
  const { exit, stdout, stderr } = await run(['waits'], [{ when: 'happened 2', signal }]);
  expect({ exit, stdout }).toEqual({ exit: 130, stdout: '' });
  expect(stderr).toContain('stopping at the next safe place');
  expect(stderr).toContain('the same command goes on from there');
});

it('takes a failure after the interruption for the interruption', async () => {
  const { exit, stderr } = await run(['says-aborted'], [{ when: 'happened 3', signal: 'SIGINT' }]);
  expect(exit).toBe(130);
  expect(stderr).not.toContain('stopped in the middle');
});

it('tells programs that it was interrupted', async () => {
  const { exit, stdout } = await run(['waits', '', '--json'], [{ when: 'work/happened', signal: 'SIGINT' }]);
  expect(exit).toBe(130);
  expect(linesOf(stdout).at(-1)).toEqual({ code: 'result', exit: 130 });
});

it('ends at once on the second Ctrl-C', async () => {
  const started = performance.now();
  const { exit } = await run(
    ['waits', 'stubbornly'],
    [
      { when: 'happened 2', signal: 'SIGINT' },
      { when: 'stopping', signal: 'SIGINT' },
    ],
  );
  expect(exit).toBe(130);
  expect(performance.now() - started).toBeLessThan(10_000);
});

it('writes every event to the debug file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mwpipe-run-'));
  const file = join(folder, 'run.jsonl');
  await run(['done'], [], { MWPIPE_DEBUG_FILE: file });
  const lines = linesOf(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  expect(lines).toEqual([{ at: expect.any(Number) as number, code: 'work/happened', count: 1 }]);
});

interface Interruption {
  /** The output after which the signal is sent: no test waits for a time. */
  readonly when: string;
  readonly signal: 'SIGINT' | 'SIGTERM';
}

function run(
  argv: readonly string[],
  interruptions: readonly Interruption[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child-run.ts'), ...argv], {
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'mwpipe-compile-cache'), ...environment },
  });
  const waiting = [...interruptions];
  let stdout = '';
  let stderr = '';
  const interrupt = (): void => {
    const next = waiting[0];
    if (next === undefined || !(stdout + stderr).includes(next.when)) return;
    waiting.shift();
    child.kill(next.signal);
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    interrupt();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    interrupt();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

function linesOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
