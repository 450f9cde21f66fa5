/** Reads what describes a component from the commit or tree in question. */
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { ComponentKind } from '../lock/lockfile.ts';
import { manifestFile, parseManifest, type Manifest } from './manifest.ts';
import type { GitObjects } from '../ports.ts';

export interface ManifestPlace {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly url: string;
  /** Commit or tree. */
  readonly id: string;
  /** Folder whose file people can edit. @default the commit: `Thanks@1a2b3c4:extension.json` */
  readonly folder?: string;
}

/** The longest extension.json of all has some 200 kB; one of a gigabyte is refused before it is read. */
const MANIFEST_MOST = 4_000_000;

/**
 * Undefined for kinds that have none. Fails with `resolve/no-manifest`, `resolve/too-large`, `resolve/wrong-manifest`,
 * `json/syntax`.
 */
export async function readManifest(
  { name, kind, url, id, folder }: ManifestPlace,
  objects: GitObjects,
): Promise<Outcome<Manifest | undefined>> {
  const path = manifestFile(kind);
  if (path === undefined) return ok(undefined);
  const file = folder === undefined ? `${name}@${id.slice(0, 7)}:${path}` : join(folder, path);
  const found = await objects.stat({ url, id }, path);
  if (found !== undefined && found.bytes > MANIFEST_MOST) return fail(tooLarge({ name, path, file }, found.bytes));
  const content = found === undefined ? undefined : await objects.file({ url, id }, path);
  if (content !== undefined) return parseManifest({ kind, file, text: content.toString('utf8') });
  return fail({
    code: 'resolve/no-manifest',
    message: `${name} has no ${path}`,
    hint: kind === 'core' ? 'is this MediaWiki core?' : `is it an ${kind}? a skin is listed as skins/NAME`,
    at: { file, line: 1, column: 1, length: 1 },
  });
}

function tooLarge(
  { name, path, file }: { readonly name: string; readonly path: string; readonly file: string },
  bytes: number,
): Diagnostic {
  return {
    code: 'resolve/too-large',
    message: `${path} of ${name} has ${bytes} bytes; ${MANIFEST_MOST} is the most that is read`,
    hint: 'is it the right file? pin a commit from before it grew',
    at: { file, line: 1, column: 1, length: 1 },
  };
}
