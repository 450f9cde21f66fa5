/** The files of an overlay's folder. One that isn't the folder's own (a link that leads out of it) is never read. */
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { OVERLAY_FILE, type OverlayFile } from './overlay.ts';

/** A bundle travels whole and stays in memory: what is larger than this is no configuration. */
const MOST_FILE_BYTES = 2_000_000;
const MOST_FILES = 5000;

export interface Listed {
  readonly path: string;
  readonly source: string;
}

/**
 * Sorted by path; files whose name starts with a dot are nobody's configuration.
 * @param wants of files and folders, by path in the folder
 */
export async function listFiles(
  folder: string,
  wants: (path: string) => boolean = () => true,
): Promise<Outcome<Listed[]>> {
  const root = await realpath(folder);
  const found: Listed[] = [];
  const wrong: Diagnostic[] = [];
  const walk = async (inside: string): Promise<void> => {
    const entries = (await readdir(join(folder, inside), { withFileTypes: true })).filter(
      (e) => !e.name.startsWith('.'),
    );
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (!wants(path)) continue;
      const source = join(folder, path);
      const mistake = badName(source, path) ?? (entry.isSymbolicLink() ? await badLink(source, root) : undefined);
      if (mistake !== undefined) wrong.push(mistake);
      else if (entry.isDirectory()) await walk(path);
      else found.push({ path, source });
    }
  };
  await walk('');
  if (found.length > MOST_FILES) wrong.push(tooMany(folder, found.length));
  return settle(found, wrong);
}

export async function readOwn(listed: Listed): Promise<Outcome<OverlayFile>> {
  const wrong = await badFile(listed);
  return wrong === undefined ? ok({ ...listed, data: await readFile(listed.source) }) : fail(wrong);
}

export async function badFile({ path, source }: Listed): Promise<Diagnostic | undefined> {
  const info = await lstat(await realpath(source));
  if (info.isFile() && info.size <= MOST_FILE_BYTES) return undefined;
  return {
    code: info.isFile() ? 'config/huge-file' : 'config/not-a-file',
    message: info.isFile() ? `${quote(path)} has ${info.size} bytes` : `${quote(path)} is neither a file nor a folder`,
    hint: `an overlay's files are at most ${MOST_FILE_BYTES} bytes: data belongs elsewhere`,
    at: startOf(source),
  };
}

function badName(source: string, path: string): Diagnostic | undefined {
  if (/^[\w.+@=, -]+$/.test(path.slice(path.lastIndexOf('/') + 1))) return undefined;
  return {
    code: 'config/bad-name',
    message: `${quote(path)} has letters that a path in a bundle can't have`,
    hint: 'use A-Z a-z 0-9 and . _ + @ = , - or space',
    at: startOf(source),
  };
}

async function badLink(source: string, root: string): Promise<Diagnostic | undefined> {
  const real = await realpath(source).catch(() => undefined);
  const inside = real?.startsWith(root + sep) === true;
  if (real !== undefined && inside && (await lstat(real)).isFile()) return undefined;
  const what = real === undefined ? 'nothing' : inside ? 'a folder' : real;
  return {
    code: 'config/leaves-overlay',
    message: `a link that leads to ${what}`,
    hint: 'a link may only lead to a file of the same overlay; copy what you need',
    at: startOf(source),
  };
}

function tooMany(folder: string, count: number): Diagnostic {
  const message = `${count} files; an overlay has at most ${MOST_FILES}`;
  return { code: 'config/huge-file', message, at: startOf(join(folder, OVERLAY_FILE)) };
}

export function startOf(file: string): { file: string; line: number; column: number; length: number } {
  return { file, line: 1, column: 1, length: 1 };
}
