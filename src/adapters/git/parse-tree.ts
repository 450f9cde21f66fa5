/** A tree object as git stores it: `100644 name\0<id>`, one after the other. */
import type { TreeEntry } from '../../resolve/ports.ts';

export interface TreeItem {
  /** `tree` for a folder. */
  readonly mode: TreeEntry['mode'] | 'tree';
  readonly name: string;
  readonly oid: string;
  /** No name that a file can have: it isn't UTF-8 (`name` only resembles it), leaves its folder, or is there twice. */
  readonly odd: boolean;
}

const SPACE = 0x20;
const REPLACEMENT = '\uFFFD';

/** @param idBytes 20 in a sha1 repo, 32 in a sha256 one; throws where the bytes are no tree */
export function parseTree(data: Buffer, idBytes: number): TreeItem[] {
  const items: TreeItem[] = [];
  const names = new Set<string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(SPACE, at);
    const end = data.indexOf(0, space);
    const next = end + 1 + idBytes;
    if (space < 0 || end < 0 || next > data.length) throw new Error('a tree object that breaks off');
    const name = data.toString('utf8', space + 1, end);
    items.push({
      mode: modeOf(Number.parseInt(data.toString('latin1', at, space), 8)),
      name,
      oid: data.toString('hex', end + 1, next),
      odd: names.has(name) || leaves(name) || isNoText(name, data.subarray(space + 1, end)),
    });
    names.add(name);
    at = next;
  }
  return items;
}

/** Git itself writes none of these; somebody who writes objects by hand can. */
function leaves(name: string): boolean {
  return name === '' || name === '.' || name === '..' || name.includes('/') || name.toLowerCase() === '.git';
}

function isNoText(name: string, bytes: Buffer): boolean {
  return name.includes(REPLACEMENT) && !Buffer.from(name).equals(bytes);
}

/** Git has written other modes of plain files (100664) once, long ago. */
function modeOf(mode: number): TreeItem['mode'] {
  switch (mode) {
    case 0o040000:
      return 'tree';
    case 0o100755:
      return '100755';
    case 0o120000:
      return '120000';
    case 0o160000:
      return '160000';
    default:
      return '100644';
  }
}
