/**
 * The bundle of a checkout in the layout of operations/mediawiki-config: its files as they are, what its own tools would
 * have made (wikiversions.php, ExtensionMessages), and an entry that hands over to its PHP.
 */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { makeBundle, type Bundle } from '../bundle/bundle.ts';
import { settingsFiles } from '../bundle/settings-files.ts';
import type { Overlay } from '../overlay/overlay.ts';
import type { Farm } from '../settings/farm.ts';
import { phpLiteral } from '../settings/php-literal.ts';
import { settingPlaces } from './setting-places.ts';

/** Pure. @returns fails with `config/raw-alone`: its PHP sets everything, so nothing goes below or above it */
export function assembleCheckout(overlays: readonly Overlay[]): Outcome<Bundle> {
  const [overlay, ...others] = overlays;
  if (overlay?.checkout === undefined || others.length > 0) return settle(undefined as never, overlays.flatMap(alone));
  const { name, checkout, files } = overlay;
  const stub = checkout.private;
  const placed = files.map((file) => ({ ...file, to: `overlays/${name}/${file.path}` }));
  if (stub !== undefined) placed.push({ ...stub, to: `overlays/${name}/private/PrivateSettings.php` });
  return ok(
    makeBundle({
      overlays: [name],
      files: new Map<string, Uint8Array>([
        ['LocalSettings.php', Buffer.from(entryOf(overlay))],
        ...settingsFiles(NO_LAYERS, { farm: checkout.farm, overlays: [name] }),
        ...madeFiles(overlay, checkout.farm),
        ...placed.map(({ to, data }): [string, Uint8Array] => [to, data]),
      ]),
      settings: { default: new Map(), wikis: new Map(), origins: new Map() },
      farm: checkout.farm,
      raw: { at: overlay.document.at(['layout']), places: settingPlaces(files), ...commitOf(checkout) },
      sources: new Map(placed.map(({ to, source }) => [to, source])),
    }),
  );
}

function commitOf({ commit }: NonNullable<Overlay['checkout']>): { readonly commit?: string } {
  return commit === undefined ? {} : { commit };
}

const NO_LAYERS = { default: new Map(), wikis: new Map(), tags: new Map() };

function alone({ checkout, document, name }: Overlay): Diagnostic[] {
  if (checkout === undefined) return [];
  return [
    {
      code: 'config/raw-alone',
      message: `${quote(name)} is a whole checkout, and can't be stacked with other overlays`,
      hint: 'name it alone in the target’s overlays',
      at: document.at(['layout']),
    },
  ];
}

function entryOf({ name, document }: Overlay): string {
  const { level, realm, datacenter } = document.value;
  const wish = phpLiteral(new Map(Object.entries({ level, realm, datacenter })));
  return `<?php
// Made by mwpipe for the checkout of the overlay ${name}, whose own PHP says the rest.

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

require_once '/usr/local/lib/mwpipe/MwpipeRaw.php';
// In the global scope: CommonSettings.php sets globals as local variables.
foreach ( MwpipeRaw::begin( __DIR__ . ${phpLiteral(`/overlays/${name}`)}, ${wish} ) as $mwpipeFile ) {
	require $mwpipeFile;
}
unset( $mwpipeFile );
MwpipeRaw::end();
`;
}

/** Its deployment makes these, and its repo leaves them out. */
function madeFiles({ name, document: { value }, files }: Overlay, farm: Farm): [string, Uint8Array][] {
  const wikis = [...farm.wikis.values()];
  const versions = new Map(wikis.map((wiki) => [wiki.name, `php-${wiki.version ?? ''}`]));
  const suffix = value.realm === 'production' ? '' : `-${value.realm}`;
  const returned = `<?php\n// Made by mwpipe from wikiversions${suffix}.json.\nreturn ${phpLiteral(versions)};\n`;
  const made: [string, string][] = [
    [`wikiversions${suffix}.php`, returned],
    ...[...new Set(wikis.map(({ version }) => version ?? ''))].map((version): [string, string] => [
      `wmf-config/ExtensionMessages-${version}.php`,
      '<?php\n// Messages are the image’s.\n',
    ]),
  ];
  return made
    .filter(([path]) => !files.some((file) => file.path === path))
    .map(([path, text]) => [`overlays/${name}/${path}`, Buffer.from(text)]);
}
