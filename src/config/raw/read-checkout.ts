/** Reads a checkout in the layout of operations/mediawiki-config: what its PHP reads, and the wikis that it names. */
import { join } from 'node:path';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';
import { listFiles, readOwn, startOf, type Listed } from '../overlay/list-files.ts';
import { nameCommit, placeInCommit } from '../overlay/name-commit.ts';
import type { Overlay, OverlayDocument, OverlayFile } from '../overlay/overlay.ts';
import { checkoutFolder, type CheckoutFolder, type CheckoutSource, type OverlayPlace } from './checkout-source.ts';
import { rawFarm } from './raw-farm.ts';

const READ = ['wmf-config', 'multiversion', 'src', 'dblists', 'lib', 'dblists-index.php', 'debug.json', 'langlist'];
/** Wherever they are: nothing of them is read for a request. */
const LEFT_OUT = /(?:^|\/)(?:tests|node_modules|vendor)(?:\/|$)/;
const NEEDED = ['src/WmfConfig.php', 'wmf-config/InitialiseSettings.php'];
const NEEDED_BY_COMMON = [...NEEDED, 'wmf-config/CommonSettings.php', 'multiversion/MWMultiVersion.php'];

type Read = Pick<Overlay, 'files' | 'checkout'>;

/** @returns fails with `config/raw-no-checkout`, `config/raw-no-file`, `config/raw-versions`, `git/*`, and as readOverlay does */
export async function readCheckout(
  place: OverlayPlace,
  document: YamlDocument<OverlayDocument>,
  source?: CheckoutSource,
): Promise<Outcome<Read>> {
  const said = document.value;
  const paths = [...READ, ...said.also, versionsFile(said)];
  const found = await checkoutFolder({ place, paths }, document, source);
  if (!found.ok) return found;
  const { root, commit } = found.value;
  const listed = await listFiles(root, (path) => isWanted(path, paths));
  if (!listed.ok) return commit === undefined ? listed : nameCommit(listed, commit);
  const stub = await readPrivate(place.folder, document);
  const files = await readFiles(listed.value, found.value);
  const missing = missingIn(listed.value, document, commit?.commit);
  if (!files.ok || !stub.ok || missing.length > 0) {
    const wrong = [files, stub].flatMap((outcome) => (outcome.ok ? [] : outcome.diagnostics));
    return settle(undefined as never, [...wrong, ...missing]);
  }
  const farm = rawFarm(files.value, { versions: versionsFile(said), ...said });
  if (!farm.ok) return farm;
  const at = commit === undefined ? {} : { commit: commit.commit };
  return ok({ files: files.value, checkout: { farm: farm.value, private: stub.value, ...at } });
}

/** Each with the place that people know it by: a path, or COMMIT:path. */
async function readFiles(listed: readonly Listed[], { commit }: CheckoutFolder): Promise<Outcome<OverlayFile[]>> {
  const files = all(await Promise.all(listed.map(readOwn)));
  if (commit === undefined) return files;
  if (!files.ok) return nameCommit(files, commit);
  return ok(files.value.map((file) => ({ ...file, source: placeInCommit(startOf(file.source), commit).file })));
}

function versionsFile({ realm }: Pick<OverlayDocument, 'realm'>): string {
  return realm === 'production' ? 'wikiversions.json' : `wikiversions-${realm}.json`;
}

/** A folder above one that is wanted has to be entered. */
function isWanted(path: string, wanted: readonly string[]): boolean {
  const fits = (one: string): boolean => path === one || path.startsWith(`${one}/`) || one.startsWith(`${path}/`);
  return wanted.some(fits) && !LEFT_OUT.test(path);
}

async function readPrivate(
  folder: string,
  document: YamlDocument<OverlayDocument>,
): Promise<Outcome<OverlayFile | undefined>> {
  const path = document.value.private;
  if (path === undefined) return ok(undefined);
  const listed = await listFiles(folder, (one) => isWanted(one, [path]));
  if (!listed.ok) return listed;
  const found = listed.value.find((one) => one.path === path);
  if (found !== undefined) return readOwn(found);
  return fail({
    code: 'config/no-such-file',
    message: `${quote(path)} is no file of this overlay`,
    hint: 'write one with empty values for what CommonSettings.php reads of it; no real secret belongs there',
    at: document.at(['private']),
  });
}

function missingIn(
  listed: readonly Listed[],
  document: YamlDocument<OverlayDocument>,
  commit: string | undefined,
): Diagnostic[] {
  const { level, from = '.' } = document.value;
  const there = new Set(listed.map(({ path }) => path));
  const needed = [...(level === 'common' ? NEEDED_BY_COMMON : NEEDED), versionsFile(document.value)];
  return needed
    .filter((path) => !there.has(path))
    .map((path) => ({
      code: 'config/raw-no-file',
      message: `there is no ${commit === undefined ? join(from, path) : `${commit.slice(0, 12)}:${path}`}`,
      hint: 'layout: mediawiki-config wants a checkout of operations/mediawiki-config, or one of its shape',
      at: document.at(['layout']),
    }));
}
