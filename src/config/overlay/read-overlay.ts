/** Reads the folder of an overlay: its own files, or those of a checkout that it says to read as it is. */
import { join } from 'node:path';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { all, fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { parseYaml, readYaml, readYamlMaps } from '../../kernel/yaml-document.ts';
import type { OverlayPlace, Reading } from '../raw/checkout-source.ts';
import { readCheckout } from '../raw/read-checkout.ts';
import { WIKIS_FILE, wikisSchema } from '../settings/wikis-file.ts';
import { badFile, listFiles, readOwn, startOf, type Listed } from './list-files.ts';
import {
  OVERLAY_FILE,
  overlaySchema,
  SETTINGS_FILE,
  type Overlay,
  type OverlayFile,
  type Unwritten,
} from './overlay.ts';

/** @param place its folder exists @returns fails with `yaml/*`, `config/leaves-overlay`, `config/huge-file`, `config/bad-name`, `config/raw-*` */
export async function readOverlay(
  name: string,
  place: OverlayPlace,
  { unwritten = NOTHING, source }: Reading = {},
): Promise<Outcome<Overlay>> {
  const { folder } = place;
  const document = await readYaml(join(folder, OVERLAY_FILE), overlaySchema);
  if (document.ok && document.value.value.layout !== undefined) {
    const checkout = await readCheckout(place, document.value, source);
    return checkout.ok ? ok({ name, document: document.value, ...checkout.value }) : checkout;
  }
  const listed = await listFiles(folder);
  if (!document.ok || !listed.ok) return failed(document, listed);
  const settings = await ifThere(SETTINGS_FILE, listed.value, readYamlMaps);
  const wikis = await wikisOf(folder, listed.value, unwritten);
  const own = listed.value.filter(({ path }) => !COMPILED.includes(path));
  const files = all(await Promise.all(own.map((one) => readPlanned(one, unwritten))));
  if (!settings.ok || !wikis.ok || !files.ok) return failed(settings, wikis, files);
  const overlay = {
    name,
    document: document.value,
    files: files.value,
    ...(settings.value === undefined ? {} : { settings: settings.value }),
    ...(wikis.value === undefined ? {} : { wikis: wikis.value }),
  };
  return settle(overlay, own.flatMap(misnamedYaml));
}

const NOTHING: Unwritten = new Map();

/** A first wikis.yaml may be planned where there is none. */
function wikisOf(folder: string, listed: readonly Listed[], unwritten: Unwritten) {
  const source = join(folder, WIKIS_FILE);
  const planned = unwritten.get(source);
  if (planned !== undefined) return parseYaml(source, planned, wikisSchema);
  return ifThere(WIKIS_FILE, listed, (file) => readYaml(file, wikisSchema));
}

async function readPlanned(listed: Listed, unwritten: Unwritten): Promise<Outcome<OverlayFile>> {
  const planned = unwritten.get(listed.source);
  return planned === undefined ? readOwn(listed) : ok({ ...listed, data: Buffer.from(planned) });
}

const COMPILED = [OVERLAY_FILE, SETTINGS_FILE, WIKIS_FILE];

async function ifThere<T>(
  path: string,
  listed: readonly Listed[],
  read: (file: string) => Promise<Outcome<T>>,
): Promise<Outcome<T | undefined>> {
  const found = listed.find((one) => one.path === path);
  if (found === undefined) return ok(undefined);
  const wrong = await badFile(found);
  return wrong === undefined ? read(found.source) : fail(wrong);
}

function misnamedYaml({ path, source }: Listed): Diagnostic[] {
  const meant = COMPILED.find((name) => name.replace(/\.yaml$/, '.yml') === path);
  if (meant === undefined) return [];
  return [
    {
      code: 'config/bad-name',
      message: `${path} would be ignored`,
      hint: `rename it to ${meant}`,
      at: startOf(source),
    },
  ];
}

function failed(...outcomes: readonly Outcome<unknown>[]): Outcome<never> {
  const wrong = outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.diagnostics));
  return settle(undefined as never, wrong);
}
