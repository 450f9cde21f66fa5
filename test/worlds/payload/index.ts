/**
 * A farm of real size, made by chance from a seed: a thousand wikis, more than nine hundred settings, 3 MB and more of
 * PHP; in the layout of operations/mediawiki-config, or the same as an overlay of YAML. No text of the real one is in it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { payloadParts, type PayloadOptions } from './parts.ts';
import { rawFiles } from './raw-files.ts';
import { yamlFiles } from './yaml-files.ts';

type Shape = 'raw' | 'yaml';

/** Text by path in the checkout, or in the overlay's folder. Same options, same bytes. */
export function payloadFiles(shape: Shape, options: PayloadOptions = {}): Map<string, string> {
  const parts = payloadParts(options);
  return shape === 'raw' ? rawFiles(parts) : yamlFiles(parts);
}

/** @param folder the checkout, or `config-overlays/NAME` */
export async function writePayload(folder: string, shape: Shape, options: PayloadOptions = {}): Promise<void> {
  for (const [path, text] of payloadFiles(shape, options)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Sets what all wikis are called that have no name of their own (`default`), or one wiki (`of`). */
export async function changeOne(
  folder: string,
  { value, of = 'default' }: { readonly value: string; readonly of?: string },
): Promise<void> {
  const raw = join(folder, 'wmf-config/InitialiseSettings.php');
  const text = await readFile(raw, 'utf8').catch(() => undefined);
  const file = text === undefined ? join(folder, 'settings.yaml') : raw;
  const before = text ?? (await readFile(file, 'utf8'));
  const start = before.search(text === undefined ? /^wgSitename:$/m : /^\t'wgSitename' => \[$/m);
  const entry = text === undefined ? `\n  "${of}": ` : `\n\t\t'${of}' => `;
  const from = start < 0 ? start : before.indexOf(entry, start);
  if (from < 0) throw new Error(`no wgSitename of ${of} in ${file}`);
  const begin = from + entry.length;
  const line = text === undefined ? JSON.stringify(value) : `'${value.replace(/['\\]/g, '\\$&')}',`;
  await writeFile(file, `${before.slice(0, begin)}${line}${before.slice(before.indexOf('\n', begin))}`);
}
