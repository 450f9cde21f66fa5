import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const cli = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'mwpipe.ts');

it.each([
  ['an option that nobody knows', ['build', '--nope'], "error: unknown option '--nope'"],
  ['a misspelt command', ['biuld'], '(Did you mean build?)'],
  ['a missing argument', ['resolve'], "error: missing required argument 'set'"],
  ['a number that is none', ['runtime', 'build', '--jobs', 'x'], 'a whole number from 1 to 16 is wanted'],
  ['no command at all', [], 'Usage: mwpipe [options] [command]'],
])('takes %s for wrong usage: 2', (_what, argv, text) => {
  const { status, stdout, stderr } = mwpipe(argv);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(text);
});

it('tells programs of wrong usage too', () => {
  const { status, stdout } = mwpipe(['resolve', '--json']);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    code: 'result',
    exit: 2,
    diagnostics: [{ code: 'usage/missing-argument', message: "missing required argument 'set'" }],
  });
});

it('gives help that was asked for, with an example and the options of every command', () => {
  const { status, stdout } = mwpipe(['config', 'push', '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('Example:\n  $ mwpipe config push');
  expect(stdout).toMatch(/Global Options:\n\s+--json/);
});

it("takes no folder's name for a command", () => {
  const folder = mkdtempSync(join(tmpdir(), 'mwpipe-main-'));
  mkdirSync(join(folder, 'build'));
  const { stdout } = mwpipe(['--workspace', 'build', 'completion', 'bash'], folder);
  rmSync(folder, { recursive: true });
  expect(stdout).toContain('complete -F _mwpipe mwpipe');
});

function mwpipe(argv: readonly string[], cwd = process.cwd()) {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'mwpipe-compile-cache') };
  return spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8', cwd, env });
}
