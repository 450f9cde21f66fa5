/** From overlays to a bundle: settings compiled to a static PHP array, raw PHP as it is, static files beside them. */
import { posix } from 'node:path';
import { quote, type Diagnostic } from '../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../kernel/outcome.ts';
import { makeBundle, type Bundle, type CompiledSettings } from './bundle.ts';
import { compileSettings } from './compile-settings.ts';
import type { Overlay, OverlayName } from './overlay.ts';
import { phpLiteral } from './php-literal.ts';
import { stackOverlays } from './stack-overlays.ts';

const STATIC = 'static/';
const COMMON_SETTINGS = 'CommonSettings.php';

/** Reads and stacks the named overlays of the workspace. Same files, same hash, on any machine. */
export async function composeBundle(
  root: string,
  overlays: readonly (string | OverlayName)[],
): Promise<Outcome<Bundle>> {
  const wanted = overlays.map((one) => (typeof one === 'string' ? { name: one } : one));
  const stack = await stackOverlays(root, wanted);
  return stack.ok ? assembleBundle(stack.value) : stack;
}

/** Pure: overlays in the order in which they stack. @returns fails with `config/*` */
function assembleBundle(overlays: readonly Overlay[]): Outcome<Bundle> {
  const settings = compileSettings(overlays.flatMap((overlay) => overlay.settings ?? []));
  const load = overlays.map(loadOrder);
  const wrong = [
    ...(settings.ok ? [] : settings.diagnostics),
    ...load.flatMap((outcome) => (outcome.ok ? [] : outcome.diagnostics)),
    ...overlays.flatMap(phpInStatic),
    ...sameStatic(overlays),
  ];
  if (!settings.ok || wrong.length > 0) return settle(undefined as never, wrong);
  const placed = overlays.flatMap((overlay) =>
    overlay.files.map((file) => ({ ...file, to: placeOf(overlay, file.path) })),
  );
  const required = load.flatMap((outcome) => (outcome.ok ? outcome.value : []));
  const names = overlays.map(({ name }) => name);
  return ok(
    makeBundle({
      overlays: names,
      files: new Map<string, Uint8Array>([
        ['LocalSettings.php', Buffer.from(localSettings(names, required))],
        ['settings.php', Buffer.from(settingsFile(names, settings.value))],
        ...placed.map(({ to, data }): [string, Uint8Array] => [to, data]),
      ]),
      settings: settings.value,
      sources: new Map(placed.map(({ to, source }) => [to, source])),
    }),
  );
}

/** Static files of all overlays share one address space; everything else stays in its overlay's folder. */
function placeOf(overlay: Overlay, path: string): string {
  return path.startsWith(STATIC) ? path : `overlays/${overlay.name}/${path}`;
}

function loadOrder(overlay: Overlay): Outcome<string[]> {
  const { document } = overlay;
  const has = (path: string): boolean => overlay.files.some((file) => file.path === path);
  const declared = document.value.load ?? (has(COMMON_SETTINGS) ? [COMMON_SETTINGS] : []);
  const wrong = declared.flatMap((path, index): Diagnostic[] => {
    if (has(path) && path.endsWith('.php') && !path.startsWith(STATIC)) return [];
    const message = `${quote(path)} is no PHP file of this overlay`;
    return [
      {
        code: 'config/no-such-file',
        message,
        hint: 'name it from the overlay’s folder',
        at: document.at(['load', index]),
      },
    ];
  });
  return settle(
    declared.map((path) => placeOf(overlay, path)),
    wrong,
  );
}

function phpInStatic(overlay: Overlay): Diagnostic[] {
  return overlay.files
    .filter(({ path }) => path.startsWith(STATIC) && posix.extname(path).toLowerCase() === '.php')
    .map(({ path, source }) => ({
      code: 'config/php-in-static',
      message: `${path} would be shown as text to everybody`,
      hint: `move it out of ${STATIC}`,
      at: { file: source, line: 1, column: 1, length: 1 },
    }));
}

function sameStatic(overlays: readonly Overlay[]): Diagnostic[] {
  const owner = new Map<string, string>();
  return overlays.flatMap((overlay) =>
    overlay.files.flatMap(({ path, source }): Diagnostic[] => {
      const earlier = owner.get(path);
      if (!path.startsWith(STATIC)) return [];
      owner.set(path, overlay.name);
      if (earlier === undefined) return [];
      const message = `${path} is in the overlays ${earlier} and ${overlay.name}`;
      const at = { file: source, line: 1, column: 1, length: 1 };
      return [{ code: 'config/static-twice', message, hint: 'keep one, or rename one', at }];
    }),
  );
}

function localSettings(names: readonly string[], required: readonly string[]): string {
  return `<?php
// Made by mwpipe from the overlays ${names.join(', ')}: edit those. Values first, then each overlay's own PHP.

if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

( static function () {
	$settings = require __DIR__ . '/settings.php';
	foreach ( ( $settings['wikis'][MWPIPE_WIKI] ?? [] ) + $settings['default'] as $name => $value ) {
		$GLOBALS[$name] = $value;
	}
} )();
${required.map((path) => `require __DIR__ . ${phpLiteral(`/${path}`)};\n`).join('')}`;
}

function settingsFile(names: readonly string[], settings: CompiledSettings): string {
  const { default: general, wikis } = settings;
  return `<?php
// Made by mwpipe from the settings.yaml of ${names.join(', ')}: edit those.
return ${phpLiteral(
    new Map<string, unknown>([
      ['default', general],
      ['wikis', wikis],
    ]),
  )};
`;
}
