/** Reads what describes a component from the commit or tree in question. */
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
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
  /** Files that register something, the first one under the component's own name. @default extension.json or skin.json */
  readonly manifests?: readonly string[];
}

/** One for each file that registers something; none for kinds without one. Every mistake of every file is told. */
export async function readManifests(place: ManifestPlace, objects: GitObjects): Promise<Outcome<readonly Manifest[]>> {
  const usual = manifestFile(place.kind);
  const files = place.manifests ?? (usual === undefined ? [] : [usual]);
  return all(await Promise.all(files.map((file) => readFile({ ...place, file }, objects))));
}

/** The longest extension.json of all has some 200 kB; one of a gigabyte is refused before it is read. */
const MANIFEST_MOST = 4_000_000;

/** Undefined for kinds that have none. Fails with `resolve/no-manifest`, `resolve/too-large`, and as `parseManifest` does. */
export async function readManifest(place: ManifestPlace, objects: GitObjects): Promise<Outcome<Manifest | undefined>> {
  const file = place.manifests?.[0] ?? manifestFile(place.kind);
  return file === undefined ? ok(undefined) : readFile({ ...place, file }, objects);
}

/** Wikibase is two extensions in one repo, and has no extension.json. */
const NO_MANIFEST =
  'a skin is listed as skins/NAME; one that registers by other files lists them: manifests: [extension-repo.json]';

async function readFile(
  { name, kind, url, id, folder, file: path }: ManifestPlace & { readonly file: string },
  objects: GitObjects,
): Promise<Outcome<Manifest>> {
  const file = folder === undefined ? `${name}@${id.slice(0, 7)}:${path}` : join(folder, path);
  const found = await objects.stat({ url, id }, path);
  if (found !== undefined && found.bytes > MANIFEST_MOST) return fail(tooLarge({ name, path, file }, found.bytes));
  const content = found === undefined ? undefined : await objects.file({ url, id }, path);
  if (content !== undefined) return parseManifest({ kind, file, content });
  return fail({
    code: 'resolve/no-manifest',
    message: `${name} has no ${path}`,
    hint: kind === 'core' ? 'is this MediaWiki core?' : NO_MANIFEST,
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
