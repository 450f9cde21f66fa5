import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLoaders } from '../../../src/cli/commands.ts';
import { version } from '../../../src/cli/version.ts';

interface Output {
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

const root = join(import.meta.dirname, '..', '..', '..');
const installed = mkdtempSync(join(tmpdir(), 'mwpipe-dist-'));

beforeAll(() => {
  execFileSync(process.execPath, ['build.config.js', join(installed, 'dist')], { cwd: root });
  copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
});
afterAll(() => rmSync(installed, { recursive: true, force: true }));

it('runs with no node_modules beside it', () => {
  expect(mwpipe('--version')).toBe(`${version()}\n`);
  const help = mwpipe('--help');
  for (const name of Object.keys(commandLoaders)) expect(help).toContain(`  ${name}`);
});

it('asks for help of every command without loading a heavy client', () => {
  const inputs = inputsFor(['src/cli/mwpipe.ts', 'src/cli/main.ts', ...commandFiles()]);
  expect(inputs).toContain('src/cli/completion.ts');
  expect(
    inputs.filter((file) => /node_modules\/(dockerode|simple-git|web-tree-sitter|ssh2|@viz-js)\//.test(file)),
  ).toEqual([]);
});

it('brings the wasm files that reading PHP needs', () => {
  for (const name of ['web-tree-sitter.wasm', 'tree-sitter-php.wasm']) {
    expect(existsSync(join(installed, 'dist', 'chunks', name))).toBe(true);
  }
});

function mwpipe(...argv: readonly string[]): string {
  return execFileSync(process.execPath, [join(installed, 'dist', 'cli.js'), ...argv], { encoding: 'utf8' });
}

/** The files that help loads: those that src/cli/commands.ts imports when a command is meant. */
function commandFiles(): string[] {
  const text = readFileSync(join(root, 'src', 'cli', 'commands.ts'), 'utf8');
  return Array.from(text.matchAll(/import\('\.\/(.+?)'\)/g), (match) => `src/cli/${match[1] ?? ''}`);
}

/** All sources in the chunks that are loaded with these entries, without what is loaded later by import(). */
function inputsFor(entries: readonly string[]): string[] {
  const meta = JSON.parse(readFileSync(join(installed, 'dist', 'meta.json'), 'utf8')) as {
    outputs: Record<string, Output>;
  };
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of meta.outputs[file]?.imports ?? []) if (kind === 'import-statement') load(path);
  };
  for (const [file, { entryPoint }] of Object.entries(meta.outputs)) {
    if (entryPoint !== undefined && entries.includes(entryPoint)) load(file);
  }
  return [...loaded].flatMap((file) => Object.keys(meta.outputs[file]?.inputs ?? {}));
}
