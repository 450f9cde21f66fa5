/** Reads the folder of an overlay. A file that isn't the overlay's own (a link that leads out of it) is never read. */
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { quote, type Diagnostic } from '../kernel/diagnostic.ts';
import { all, fail, ok, settle, type Outcome } from '../kernel/outcome.ts';
import { readYaml } from '../kernel/yaml-document.ts';
import {
  OVERLAY_FILE,
  overlaySchema,
  SETTINGS_FILE,
  settingsSchema,
  type Overlay,
  type OverlayFile,
  type SettingsDocument,
} from './overlay.ts';

/** A bundle travels whole and stays in memory: what is larger than this is no configuration. */
const MOST_FILE_BYTES = 2_000_000;
const MOST_FILES = 5000;

/** @param folder exists @returns fails with `yaml/*`, `config/leaves-overlay`, `config/huge-file`, `config/bad-name` */
export async function readOverlay(name: string, folder: string): Promise<Outcome<Overlay>> {
  const document = await readYaml(join(folder, OVERLAY_FILE), overlaySchema);
  const listed = await listFiles(folder);
  if (!document.ok || !listed.ok) return join2(document, listed);
  const settings = await readSettings(folder, listed.value);
  const own = listed.value.filter(({ path }) => path !== OVERLAY_FILE && path !== SETTINGS_FILE);
  const files = all(await Promise.all(own.map(readOwn)));
  if (!settings.ok || !files.ok) return join2(settings, files);
  const misnamed = own.flatMap(misnamedYaml);
  const overlay = { name, document: document.value, files: files.value };
  return settle(settings.value === undefined ? overlay : { ...overlay, settings: settings.value }, misnamed);
}

interface Listed {
  readonly path: string;
  readonly source: string;
}

async function readSettings(folder: string, listed: readonly Listed[]): Promise<Outcome<SettingsDocument | undefined>> {
  if (!listed.some(({ path }) => path === SETTINGS_FILE)) return ok(undefined);
  return readYaml(join(folder, SETTINGS_FILE), settingsSchema);
}

/** Sorted by path; files whose name starts with a dot are nobody's configuration. */
async function listFiles(folder: string): Promise<Outcome<Listed[]>> {
  const root = await realpath(folder);
  const found: Listed[] = [];
  const wrong: Diagnostic[] = [];
  const walk = async (inside: string): Promise<void> => {
    const entries = (await readdir(join(folder, inside), { withFileTypes: true })).filter(
      (e) => !e.name.startsWith('.'),
    );
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
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

async function readOwn({ path, source }: Listed): Promise<Outcome<OverlayFile>> {
  const info = await lstat(await realpath(source));
  if (info.isFile() && info.size <= MOST_FILE_BYTES) return ok({ path, source, data: await readFile(source) });
  return fail({
    code: info.isFile() ? 'config/huge-file' : 'config/not-a-file',
    message: info.isFile() ? `${quote(path)} has ${info.size} bytes` : `${quote(path)} is neither a file nor a folder`,
    hint: `an overlay's files are at most ${MOST_FILE_BYTES} bytes: data belongs elsewhere`,
    at: startOf(source),
  });
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

function misnamedYaml({ path, source }: Listed): Diagnostic[] {
  const meant = [SETTINGS_FILE, OVERLAY_FILE].find((name) => name.replace(/\.yaml$/, '.yml') === path);
  if (meant === undefined) return [];
  return [
    {
      code: 'config/bad-name',
      message: `${path} would be ignored`,
      hint: `rename it to ${meant}`,
      at: startOf(source),
    },
  ];
}

function tooMany(folder: string, count: number): Diagnostic {
  const message = `${count} files; an overlay has at most ${MOST_FILES}`;
  return { code: 'config/huge-file', message, at: startOf(join(folder, OVERLAY_FILE)) };
}

function startOf(file: string): { file: string; line: number; column: number; length: number } {
  return { file, line: 1, column: 1, length: 1 };
}

function join2(...outcomes: readonly [Outcome<unknown>, Outcome<unknown>]): Outcome<never> {
  const wrong = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.diagnostics));
  return settle(undefined as never, wrong);
}
