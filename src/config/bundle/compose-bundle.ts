/** From overlays to a bundle: settings compiled to static PHP arrays, raw PHP as it is, static files beside them. */
import { posix } from 'node:path';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { Overlay, OverlayName } from '../overlay/overlay.ts';
import { assembleCheckout } from '../raw/assemble-checkout.ts';
import type { Reading } from '../raw/checkout-source.ts';
import { stackOverlays } from '../overlay/stack-overlays.ts';
import { stackSettings } from '../settings/stack-settings.ts';
import { makeBundle, type Bundle } from './bundle.ts';
import { localSettings } from './local-settings.ts';
import { settingsFiles, settingsWithSecrets } from './settings-files.ts';

const STATIC = 'static/';
const COMMON_SETTINGS = 'CommonSettings.php';

/**
 * Reads and stacks the named overlays of the workspace. Same files, same hash, on any machine.
 * @param reading in place of what files have on disk, and of commits that raw overlays name
 */
export async function composeBundle(
  root: string,
  overlays: readonly (string | OverlayName)[],
  reading?: Reading,
): Promise<Outcome<Bundle>> {
  const wanted = overlays.map((one) => (typeof one === 'string' ? { name: one } : one));
  const stack = await stackOverlays(root, wanted, reading);
  if (!stack.ok) return stack;
  const raw = stack.value.some(({ checkout }) => checkout !== undefined);
  return raw ? assembleCheckout(stack.value) : assembleBundle(stack.value);
}

/** Pure: overlays in the order in which they stack. @returns fails with `config/*` */
function assembleBundle(overlays: readonly Overlay[]): Outcome<Bundle> {
  const stacked = stackSettings(overlays);
  const load = overlays.map(loadOrder);
  const wrong = [
    ...(stacked.ok ? [] : stacked.diagnostics),
    ...load.flatMap((outcome) => (outcome.ok ? [] : outcome.diagnostics)),
    ...overlays.flatMap(phpInStatic),
    ...sameStatic(overlays),
  ];
  if (!stacked.ok || wrong.length > 0) return settle(undefined as never, wrong);
  const { settings, table, farm, declares } = stacked.value;
  const { layers, ...compiled } = settings;
  const placed = overlays.flatMap((overlay) =>
    overlay.files.map((file) => ({ ...file, to: placeOf(overlay, file.path) })),
  );
  const names = overlays.map(({ name }) => name);
  const entry = localSettings({
    overlays: names,
    required: load.flatMap((outcome) => (outcome.ok ? outcome.value : [])),
    secrets: settingsWithSecrets(layers),
    farm: farm !== undefined,
    all: layers.tags.has('all'),
  });
  return ok(
    makeBundle({
      overlays: names,
      files: new Map<string, Uint8Array>([
        ['LocalSettings.php', Buffer.from(entry)],
        ...settingsFiles(layers, { farm, overlays: names }),
        ...placed.map(({ to, data }): [string, Uint8Array] => [to, data]),
      ]),
      settings: compiled,
      table,
      declares,
      farm,
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
