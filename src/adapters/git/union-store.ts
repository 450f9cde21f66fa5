/**
 * A scratch repo that borrows the objects of every mirror, so that one git process reads them all. It has no refs, no
 * remotes and no config of the user: nothing is replaced, and what a filtered mirror lacks is missing, never fetched.
 *
 * Git reads the list of lenders once. So that a mirror made later needs no other process, the list also names empty
 * spare folders; such a mirror is linked into one of them, and git finds its packs when it looks again for an object
 * that it missed.
 *
 * Embargo: an object is readable here whatever mirror it came from. That tells nobody anything: ids are all that can
 * be asked, an id is a hash of what it names, and who holds it has read it from a lock or a tree that named it.
 *
 * Files are small and looked at synchronously: 200 mirrors take some 10 ms so, and ten times that through a busy pool.
 */
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

/** Of object ids: `sha1` 40 digits, `sha256` 64. Git mixes no two in one repo. */
export type ObjectFormat = 'sha1' | 'sha256';

export interface UnionStore {
  readonly folder: string;
  /**
   * @param settled git has read the list of lenders: a spare that is filled while it reads is lost to it
   * @returns false where it can't take another mirror: then a new union is due
   */
  cover(mirror: string, settled: boolean): boolean;
  remove(): Promise<void>;
}

export interface UnionOptions {
  /** Where mirrors are; the scratch repo is made beside them. */
  readonly root: string;
  readonly format: ObjectFormat;
  readonly spares: number;
  /** The mirror that is asked first. */
  readonly first: string;
}

/** Begins the names of scratch repos: a killed run leaves one, which `mwpipe cache gc` removes. */
const READER_PREFIX = '.reader-';

export function makeUnion({ root, format, spares, first }: UnionOptions): UnionStore {
  const folder = join(root, `${READER_PREFIX}${randomUUID()}`);
  const ours = (formatOf(first) ?? format) === format ? [first] : [];
  const lenders = new Set([...mirrorsOf(root, format), ...ours].flatMap(lendersOf));
  const free = Array.from({ length: spares }, (_, at) => join(folder, 'spare', String(at)));
  mkdirSync(join(folder, 'objects', 'info'), { recursive: true });
  mkdirSync(join(folder, 'refs'));
  mkdirSync(join(folder, 'spare'));
  for (const spare of free) mkdirSync(spare);
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  writeFileSync(join(folder, 'config'), CONFIG[format]);
  writeFileSync(join(folder, 'objects', 'info', 'alternates'), [...lenders, ...free].map(alternateLine).join(''));
  return {
    folder,
    cover: coverage(lenders, { free, format }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const CONFIG: Readonly<Record<ObjectFormat, string>> = {
  sha1: '[core]\n\trepositoryformatversion = 0\n\tbare = true\n',
  sha256: '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n',
};

/** A mirror may have begun to borrow from elsewhere since the list was written: looked at once a mirror. */
function coverage(
  lenders: Set<string>,
  { free, format }: { readonly free: string[]; readonly format: ObjectFormat },
): UnionStore['cover'] {
  const covered = new Set<string>();
  return (mirror, settled) => {
    if (covered.has(mirror)) return true;
    const ours = (formatOf(mirror) ?? format) === format;
    for (const lender of ours ? lendersOf(mirror) : []) {
      if (lenders.has(lender)) continue;
      const spare = settled ? free.pop() : undefined;
      if (spare === undefined) return false;
      linkAs(spare, lender);
      lenders.add(lender);
    }
    covered.add(mirror);
    return true;
  };
}

/** Git that looks in between sees no objects there, and looks again at the next that it misses. */
function linkAs(spare: string, lender: string): void {
  const link = `${spare}.link`;
  symlinkSync(lender, link);
  rmdirSync(spare);
  renameSync(link, spare);
}

function mirrorsOf(root: string, format: ObjectFormat): string[] {
  mkdirSync(root, { recursive: true });
  const names = readdirSync(root).filter((name) => !name.startsWith('.'));
  return names.map((name) => join(root, name)).filter((mirror) => formatOf(mirror) === format);
}

function formatOf(mirror: string): ObjectFormat | undefined {
  const config = textOf(join(mirror, 'config'));
  if (config === undefined) return undefined;
  return /^\s*objectformat\s*=\s*sha256\s*$/im.test(config) ? 'sha256' : 'sha1';
}

/** Git follows a list of lists five deep, and none of what is linked later. */
const DEEPEST = 5;

/** The mirror's own objects, and those that it borrows in turn. */
function lendersOf(mirror: string): string[] {
  const found = [join(mirror, 'objects')];
  let level = found;
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth += 1) {
    level = level.flatMap(borrowedBy).filter((one) => !found.includes(one));
    found.push(...level);
  }
  return found;
}

function borrowedBy(objects: string): string[] {
  const list = textOf(join(objects, 'info', 'alternates')) ?? '';
  const lines = list.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => (isAbsolute(line) ? line : resolve(objects, line)));
}

/** Undefined where it isn't there, or went while it was read. */
function textOf(file: string): string | undefined {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Git reads a line in double quotes as a string of C. */
function alternateLine(folder: string): string {
  return `${folder.includes('\n') ? JSON.stringify(folder) : folder}\n`;
}
