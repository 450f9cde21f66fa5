/** A bundle: the content-addressed, immutable result of stacking overlays, and the form in which it travels. */
import { gzipSync } from 'node:zlib';
import type { SourceRange } from '../../kernel/diagnostic.ts';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import type { SettingPlaces } from '../raw/setting-places.ts';
import type { CompiledSettings } from '../settings/compile-settings.ts';
import type { SettingType } from '../settings/declared-types.ts';
import type { Farm } from '../settings/farm.ts';
import type { SettingsTable } from '../settings/settings-table.ts';

export interface Bundle {
  /** 64 hex digits: sha256 of `bundle.json`, which lists each file with its own. */
  readonly hash: string;
  readonly overlays: readonly string[];
  /** Path in the bundle to content; `bundle.json` itself is not among them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly manifest: string;
  readonly settings: CompiledSettings;
  /** What they were compiled from, for explainSetting; a bundle that was read back has none. */
  readonly table?: SettingsTable;
  /** Settings of the overlays' own, by name, with their types. */
  readonly declares?: ReadonlyMap<string, SettingType>;
  /** Undefined where no overlay has a wikis.yaml: one wiki, named by MWPIPE_DB_NAME. */
  readonly farm: Farm | undefined;
  /** Of a whole checkout of another farm's config, which nothing serves. */
  readonly raw?: RawFacts;
  /** Path in the bundle to the file on disk that it was read from; generated files have none. */
  readonly sources: ReadonlyMap<string, string>;
}

interface RawFacts {
  /** Where mwpipe.overlay.yaml says so. */
  readonly at: SourceRange;
  /** Full id, where its files are those of one. */
  readonly commit?: string;
  readonly places: SettingPlaces;
}

/** @param schema of the manifest: one that was made by an earlier version keeps its own */
export function makeBundle(parts: Omit<Bundle, 'hash' | 'manifest'>, schema = 'mwpipe.bundle/2'): Bundle {
  const files = Object.fromEntries([...parts.files].map(([path, data]) => [path, hexOf(data)]));
  const manifest = canonicalJson({ schema, overlays: parts.overlays, files });
  return { ...parts, manifest, hash: hexOf(manifest) };
}

/** What travels to a host: small, checked there against the hash before it gets its name. */
export function packBundle(bundle: Bundle): Uint8Array {
  const files = Object.fromEntries(
    [...bundle.files].map(([path, data]) => [path, Buffer.from(data).toString('base64')]),
  );
  const packed = { hash: bundle.hash, manifest: bundle.manifest, mtime: mtimeOf(bundle.hash), files };
  return gzipSync(JSON.stringify(packed), { level: 6 });
}

const SECONDS_1980 = 315_532_800;
const SECONDS_39_YEARS = 39 * 365 * 86_400;

/** Within 1980-2019: opcache caches neither what is younger than two seconds nor what is from 1970. */
export function mtimeOf(hash: string): number {
  return SECONDS_1980 + (Number.parseInt(hash.slice(0, 8), 16) % SECONDS_39_YEARS);
}

function hexOf(data: string | Uint8Array): string {
  return sha256(data).slice('sha256:'.length);
}
