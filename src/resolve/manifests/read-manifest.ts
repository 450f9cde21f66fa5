/** Reads what describes a component from the commit or tree in question. */
import { join } from 'node:path';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { ComponentKind } from '../lock/lockfile.ts';
import { manifestFiles, parseManifest, type Manifest } from './manifest.ts';
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

/**
 * Undefined for kinds that have none. Fails with `resolve/no-manifest`, and as `parseManifest` does.
 */
export async function readManifest(
  { name, kind, url, id, folder }: ManifestPlace,
  objects: GitObjects,
): Promise<Outcome<Manifest | undefined>> {
  const [usual, ...others] = manifestFiles(kind);
  if (usual === undefined) return ok(undefined);
  const shown = (path: string): string =>
    folder === undefined ? `${name}@${id.slice(0, 7)}:${path}` : join(folder, path);
  for (const path of [usual, ...others]) {
    const content = await objects.file({ url, id }, path);
    if (content !== undefined) return parseManifest({ kind, file: shown(path), content });
  }
  return fail({
    code: 'resolve/no-manifest',
    message: `${name} has no ${usual}`,
    hint:
      kind === 'core'
        ? 'is this MediaWiki core?'
        : `is it a MediaWiki ${kind}? a skin is listed as skins/NAME, an extension by its name`,
    at: { file: shown(usual), line: 1, column: 1, length: 1 },
  });
}
