/**
 * Writes tar, to the byte: an image's identity hangs on these bytes, so no dependency's update may change them.
 * USTAR, with a PAX header only where a name is too long or not ASCII. Owner root, no names, modes as git knows them.
 */
export interface TarEntry {
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Relative, without a trailing slash. */
  readonly path: string;
  /** Of a file. */
  readonly bytes?: number;
  readonly executable?: boolean;
  /** Of a symlink. */
  readonly target?: string;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Number of the user and of the group: what a container is to change needn't be root's. @default 0 */
  readonly owner?: number;
}

const BLOCK = 512;

/** Two empty blocks: every archive ends so. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** What stands before an entry's content. */
export function tarHeader(entry: TarEntry): Buffer {
  const path = entry.kind === 'directory' ? `${entry.path}/` : entry.path;
  const name = splitName(path);
  const target = entry.target ?? '';
  const records = [
    ...(name === undefined ? [paxRecord('path', path)] : []),
    ...(fits(target, 100) ? [] : [paxRecord('linkpath', target)]),
  ];
  const header = headerBlock(entry, {
    name: name ?? { prefix: '', name: asciiTail(path) },
    target: fits(target, 100) ? target : asciiTail(target),
  });
  return records.length === 0 ? header : Buffer.concat([paxBlocks(Buffer.concat(records), entry.mtime), header]);
}

/** What stands after an entry's content of `bytes`. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
}

const TYPE = { file: '0', directory: '5', symlink: '2' } as const;

interface Names {
  readonly name: { readonly prefix: string; readonly name: string };
  readonly target: string;
}

function headerBlock(entry: TarEntry, { name, target }: Names): Buffer {
  const mode = entry.kind === 'symlink' ? 0o777 : entry.kind === 'directory' || entry.executable ? 0o755 : 0o644;
  return block({
    ...name,
    target,
    mode,
    size: entry.bytes ?? 0,
    mtime: entry.mtime,
    type: TYPE[entry.kind],
    owner: entry.owner ?? 0,
  });
}

interface Fields {
  readonly prefix: string;
  readonly name: string;
  readonly target: string;
  readonly mode: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: string;
  readonly owner: number;
}

/** POSIX.1-1988 "ustar", offsets as in the standard. */
function block(fields: Fields): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(fields.name, 0, 100, 'latin1');
  header.write(octal(fields.mode, 8), 100, 'latin1');
  header.write(octal(fields.owner, 8), 108, 'latin1');
  header.write(octal(fields.owner, 8), 116, 'latin1');
  header.write(octal(fields.size, 12), 124, 'latin1');
  header.write(octal(fields.mtime, 12), 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write(fields.type, 156, 'latin1');
  header.write(fields.target, 157, 100, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write(octal(0, 8), 329, 'latin1');
  header.write(octal(0, 8), 337, 'latin1');
  header.write(fields.prefix, 345, 155, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return header;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\u0000`;
}

function isAscii(text: string): boolean {
  return /^[\u0001-\u007F]*$/.test(text);
}

function fits(text: string, width: number): boolean {
  return text.length <= width && isAscii(text);
}

/** Where a path can be cut at a slash into 155 + 100 letters; undefined where it can't, or isn't ASCII. */
function splitName(path: string): { prefix: string; name: string } | undefined {
  if (fits(path, 100)) return { prefix: '', name: path };
  if (!isAscii(path)) return undefined;
  const cut = path.indexOf('/', Math.max(0, path.length - 101));
  if (cut <= 0 || cut > 155 || cut === path.length - 1) return undefined;
  return { prefix: path.slice(0, cut), name: path.slice(cut + 1) };
}

/** What a reader that doesn't know PAX shows. */
function asciiTail(text: string): string {
  return Array.from(text, (letter) => (isAscii(letter) ? letter : '_'))
    .join('')
    .slice(-100);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function paxBlocks(records: Buffer, mtime: number): Buffer {
  const size = records.length;
  const header = block({ prefix: '', name: 'pax', target: '', mode: 0o644, size, mtime, type: 'x', owner: 0 });
  return Buffer.concat([header, records, tarPadding(records.length)]);
}
