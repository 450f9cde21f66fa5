/** A bundle as tar entries for /srv/overlay: how a check hands it to an image, on any runner, with nothing staged before. */
import { tarHeader, tarPadding } from '../../kernel/tar.ts';
import { mtimeOf, type Bundle } from './bundle.ts';

/** Where a check's container has it. */
export const OVERLAY_FOLDER = '/srv/overlay';

export type BundleFiles = Pick<Bundle, 'hash' | 'files'>;

/** `bundles/HASH/...`, with the times that staging gives, so that opcache keeps the files; the archive's end is the caller's. */
export function* bundleFiles({ hash, files }: BundleFiles): Generator<Buffer> {
  const mtime = mtimeOf(hash);
  const known = new Set<string>();
  for (const [path, data] of files) {
    const full = `bundles/${hash}/${path}`;
    for (const folder of foldersOf(full)) {
      if (!known.has(folder)) yield tarHeader({ kind: 'directory', path: folder, mtime });
      known.add(folder);
    }
    yield tarHeader({ kind: 'file', path: full, bytes: data.byteLength, mtime });
    yield Buffer.from(data);
    yield tarPadding(data.byteLength);
  }
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}
