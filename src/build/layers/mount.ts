/** Where a component's files stand in the image, and which entries of a tree may stand there. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { TreeEntry } from '../../resolve/index.ts';

/** MediaWiki's folder in the image, as tar names it. */
const CODE_ROOT = 'srv/mediawiki';

/** What is read of one component: its tree and where it is mounted. */
export interface MountedTree {
  readonly name: string;
  readonly url: string;
  readonly commit: string;
  readonly ref: string;
  readonly tree: string;
  /** In core's tree: '', 'vendor', 'extensions/Cite'. */
  readonly path: string;
  /** Its tree is the commit's with something on top: in the object store, in no commit that could be fetched. */
  readonly patched?: boolean;
}

/** Linux's limits (PATH_MAX, NAME_MAX), less what stands above a mount: no container could open such a file. */
const MOST_PATH_BYTES = 3800;
const MOST_NAME_BYTES = 255;

export interface SkippedEntry {
  readonly path: string;
  readonly because: string;
}

export function mountPoint(path: string): string {
  return path === '' ? CODE_ROOT : `${CODE_ROOT}/${path}`;
}

/** Git trees are written by others: an entry that could reach outside its mount, or hide files of others, is refused. */
export function checkEntries(
  mounted: MountedTree,
  entries: readonly TreeEntry[],
): { readonly kept: readonly TreeEntry[]; readonly skipped: readonly SkippedEntry[]; readonly unsafe: Diagnostic[] } {
  const kept: TreeEntry[] = [];
  const skipped: SkippedEntry[] = [];
  const unsafe: Diagnostic[] = [];
  for (const entry of entries) {
    const reason = reasonAgainst(entry.path);
    if (reason !== undefined) unsafe.push(unsafePath(mounted, { path: entry.path, reason }));
    else if (entry.mode === '160000')
      skipped.push({ path: entry.path, because: 'a submodule that the lock does not have' });
    else kept.push(entry);
  }
  return { kept, skipped, unsafe };
}

/** A link may point anywhere inside the image; one that climbs above its root is refused by engines too. */
export function checkLink(mounted: MountedTree, link: { path: string; target: string }): Diagnostic | undefined {
  let depth = link.target.startsWith('/') ? 0 : mountPoint(mounted.path).split('/').length + segments(link.path) - 1;
  for (const part of link.target.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) {
      return unsafePath(mounted, { path: link.path, reason: `is a link out of the image: ${quote(link.target)}` });
    }
  }
  return link.target === '' ? unsafePath(mounted, { path: link.path, reason: 'is a link to nowhere' }) : undefined;
}

function segments(path: string): number {
  return path.split('/').length;
}

function reasonAgainst(path: string): string | undefined {
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) return `is longer than ${MOST_PATH_BYTES} bytes`;
  for (const part of path.split('/')) {
    if (part === '') return 'is absolute or has an empty part';
    if (part === '.' || part === '..') return 'leaves its folder';
    if (part.toLowerCase() === '.git') return "would be a repository's own data";
    if (part.startsWith('.wh.')) return 'would remove files of lower layers (a whiteout)';
    if (Buffer.byteLength(part) > MOST_NAME_BYTES) return `has a name of more than ${MOST_NAME_BYTES} bytes`;
    if (part.includes('\0')) return 'has a zero byte';
  }
  return undefined;
}

function unsafePath(mounted: MountedTree, entry: { path: string; reason: string }): Diagnostic {
  return {
    code: 'build/unsafe-path',
    message: `${mounted.name}: ${quote(entry.path)} ${entry.reason}`,
    hint: `nothing was built; look at tree ${mounted.tree.slice(0, 12)} of ${mounted.url}`,
    exit: 'refused',
  };
}
