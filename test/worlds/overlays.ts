/** A workspace's overlays made from an object: file by path, removed when the test ends. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { composeBundle } from '../../src/config/index.ts';
import type { Bundle } from '../../src/config/index.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';

export interface OverlayWorld extends AsyncDisposable {
  readonly root: string;
  file(path: string): string;
  write(path: string, content: string): Promise<void>;
  compose(...overlays: readonly string[]): Promise<Outcome<Bundle>>;
}

/** @param files `demo/settings.yaml` to content; every overlay gets a `mwpipe.overlay.yaml` where it has none */
export async function overlayWorld(files: Readonly<Record<string, string>>): Promise<OverlayWorld> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-overlays-'));
  const file = (path: string): string => join(root, 'config-overlays', path);
  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(file(path)), { recursive: true });
    await writeFile(file(path), content);
  };
  const names = new Set(Object.keys(files).map((path) => path.slice(0, path.indexOf('/'))));
  for (const name of names) await write(`${name}/mwpipe.overlay.yaml`, 'description: of a test\nowner: tests\n');
  for (const [path, content] of Object.entries(files)) await write(path, content);
  return {
    root,
    file,
    write,
    compose: (...overlays) => composeBundle(root, overlays),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** Of an outcome that must be good. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
}

/** Of an outcome that must not be good: `code file:line:column`, as a reader of the terminal sees it. */
export function mistakesOf(outcome: Outcome<unknown>): string[] {
  if (outcome.ok) throw new Error('it was accepted');
  return outcome.diagnostics.map(({ code, at }) => {
    const name = at?.file.replace(/^.*config-overlays\//, '');
    return at === undefined ? code : `${code} ${String(name)}:${String(at.line)}:${String(at.column)}`;
  });
}
