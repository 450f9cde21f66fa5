/** What stands in a private patch tree, as data: which file names are patches and markers, and whose they are. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { Secret } from '../../kernel/secret.ts';

export interface PatchTreeEntry {
  /** Below the tree's top: `next/extensions/Cite/01-T1.patch`. */
  readonly path: string;
  readonly type: 'file' | 'folder' | 'symlink' | 'other';
  readonly bytes: number;
}

/** A file of one version folder, in the words of the tree. */
export interface TreePatch {
  /** `core`, `vendor`, `extensions/Cite`, `skins/Vector`, and below it a submodule: `extensions/VisualEditor/lib/ve`. */
  readonly folder: string;
  /** `01-T1.patch`, also of its markers. */
  readonly name: string;
  readonly marker?: 'dropped' | 'updated';
  /** Where its bytes are. */
  readonly path: string;
}

export interface VersionPatches {
  readonly patches: readonly TreePatch[];
  readonly problems: readonly Diagnostic[];
}

/** A patch is text that people wrote: beyond this it is something else. */
export const MOST_BYTES = 10_000_000;

const FILE = /^(\d{1,9}-T\d{1,12}\.patch)(?:\.(dropped|updated))?$/;
const FOLDER = /^(?:core|vendor|(?:extensions|skins)\/[A-Za-z0-9][\w.-]*)(?:\/[A-Za-z0-9][\w.-]*)*$/;

/** The patches below one version folder, sorted; with everything there that is none. */
export function patchesOf(entries: readonly PatchTreeEntry[], version: string): VersionPatches {
  const inside = entries.filter(({ path }) => path === version || path.startsWith(`${version}/`));
  const files = inside.filter(({ type }) => type !== 'folder').map((entry) => readEntry(entry, version));
  const patches = files.flatMap((file) => ('code' in file ? [] : [file])).sort(comparePatches);
  const problems = files.flatMap((file) => ('code' in file ? [file] : []));
  return { patches, problems: [...problems, ...contradictions(patches)] };
}

function readEntry(entry: PatchTreeEntry, version: string): TreePatch | Diagnostic {
  const { path, type, bytes } = entry;
  const found = FILE.exec(path.slice(path.lastIndexOf('/') + 1));
  const folder = path.slice(version.length + 1).replace(/\/?[^/]*$/, '');
  if (type !== 'file') return notAFile(path, type);
  if (found?.[1] === undefined) return wrongName(path, version);
  if (!FOLDER.test(folder)) return wrongFolder(path, version);
  const marker = found[2] as TreePatch['marker'];
  if (marker !== undefined && version !== 'next') return misplacedMarker(path, version);
  if (marker !== 'dropped' && (bytes > MOST_BYTES || bytes === 0)) return wrongSize(path, bytes);
  return { folder, name: found[1], path, ...(marker === undefined ? {} : { marker }) };
}

/** By folder, then by the number that a name begins with, as people count: 9 before 10. */
export function comparePatches(a: TreePatch, b: TreePatch): number {
  if (a.folder !== b.folder) return a.folder < b.folder ? -1 : 1;
  const byNumber = Number.parseInt(a.name, 10) - Number.parseInt(b.name, 10);
  return byNumber || (a.name < b.name ? -1 : 1);
}

/** Of a patch, its `.dropped` and its `.updated`, only one may be there. */
function contradictions(patches: readonly TreePatch[]): Diagnostic[] {
  const all = Object.groupBy(patches, ({ folder, name }) => `${folder}/${name}`);
  return Object.entries(all).flatMap(([name, same = []]) => (same.length > 1 ? [contradiction(name)] : []));
}

function notAFile(path: string, type: PatchTreeEntry['type']): Diagnostic {
  const what = type === 'symlink' ? 'a link' : 'no plain file';
  return {
    code: 'security/not-a-file',
    message: `the patch tree has ${what} where a patch would be`,
    hint: 'put the file itself there: what a link leads to can change unseen (--reveal names it)',
    exit: 'input',
    secret: new Secret(path),
  };
}

function wrongName(path: string, version: string): Diagnostic {
  return {
    code: 'security/wrong-name',
    message: `a file in ${version} of the patch tree is named like no patch`,
    hint: 'name it NN-TNNN.patch, 01-T123456.patch; in next also .patch.dropped and .patch.updated (--reveal names it)',
    exit: 'input',
    secret: new Secret(path),
  };
}

function wrongFolder(path: string, version: string): Diagnostic {
  return {
    code: 'security/wrong-folder',
    message: `a patch in ${version} of the patch tree belongs to nothing`,
    hint: 'patches stand in core, vendor, extensions/NAME or skins/NAME, and in folders of submodules below (--reveal names it)',
    exit: 'input',
    secret: new Secret(path),
  };
}

function misplacedMarker(path: string, version: string): Diagnostic {
  return {
    code: 'security/misplaced-marker',
    message: `${version} of the patch tree has a .dropped or .updated file, which only next may have`,
    hint: 'finish it: remove what is dropped, rename what is updated (--reveal names it)',
    exit: 'input',
    secret: new Secret(path),
  };
}

function wrongSize(path: string, bytes: number): Diagnostic {
  return {
    code: 'security/wrong-size',
    message: bytes === 0 ? 'a patch is empty' : `a patch is larger than ${MOST_BYTES / 1e6} MB`,
    hint: 'is it the right file? --reveal names it',
    exit: 'input',
    secret: new Secret(path),
  };
}

function contradiction(name: string): Diagnostic {
  return {
    code: 'security/contradiction',
    message: 'next of the patch tree says two things of one patch',
    hint: 'keep one of X.patch, X.patch.dropped and X.patch.updated (--reveal names it)',
    exit: 'input',
    secret: new Secret(name),
  };
}
