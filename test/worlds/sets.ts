/** A workspace of extension sets from an object in one line: `await using world = await setsWorld({ a: 'version: 1\n' })`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../../src/kernel/diagnostic.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';

export interface SetsWorld extends AsyncDisposable {
  readonly root: string;
  /** Writes a file below the root. @returns its path */
  write(path: string, text: string): Promise<string>;
}

/** YAML by the name of its set. */
export async function setsWorld(sets: Readonly<Record<string, string>>): Promise<SetsWorld> {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-sets-'));
  await mkdir(join(root, 'extension-sets'));
  const write: SetsWorld['write'] = async (path, text) => {
    await writeFile(join(root, path), text);
    return join(root, path);
  };
  for (const [name, text] of Object.entries(sets)) await write(`extension-sets/${name}.yaml`, text);
  return { root, write, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

/** `CODE file:line:column message | hint` of each; none where the outcome is ok. */
export function told(outcome: Outcome<unknown>): string[] {
  return outcome.ok ? [] : outcome.diagnostics.map(toldOne);
}

function toldOne({ code, message, hint, at }: Diagnostic): string {
  const place = at === undefined ? '-' : `${at.file.replace(/.*\//, '')}:${at.line}:${at.column}`;
  return `${code} ${place} ${message} | ${hint ?? ''}`;
}
