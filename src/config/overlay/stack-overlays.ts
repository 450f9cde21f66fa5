/** Reads the overlays that are asked for and those that they extend, in the order in which they stack. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import type { Reading } from '../raw/checkout-source.ts';
import { OVERLAYS_FOLDER, type Overlay, type OverlayName } from './overlay.ts';
import { readOverlay } from './read-overlay.ts';

/**
 * What an overlay extends comes before it, each once.
 * @returns fails with `config/unknown-overlay`, `config/extends-itself`, and what readOverlay fails with
 */
export async function stackOverlays(
  root: string,
  wanted: readonly OverlayName[],
  reading?: Reading,
): Promise<Outcome<Overlay[]>> {
  const stack = new Map<string, Overlay>();
  const wrong: Diagnostic[] = [];
  const add = async (asked: OverlayName, above: readonly string[]): Promise<void> => {
    if (above.includes(asked.name)) {
      wrong.push(circle([...above, asked.name], asked));
      return;
    }
    if (stack.has(asked.name)) return;
    const overlay = await readNamed(root, asked, reading);
    if (!overlay.ok) {
      wrong.push(...overlay.diagnostics);
      return;
    }
    const { document } = overlay.value;
    for (const [index, name] of document.value.extends.entries()) {
      await add({ name, at: document.at(['extends', index]) }, [...above, asked.name]);
    }
    stack.set(asked.name, overlay.value);
  };
  for (const asked of wanted) await add(asked, []);
  return settle([...stack.values()], wrong);
}

async function readNamed(root: string, asked: OverlayName, reading?: Reading): Promise<Outcome<Overlay>> {
  const folder = join(root, OVERLAYS_FOLDER, asked.name);
  const known = /^[a-z0-9][\w.-]*$/i.test(asked.name) && (await isFolder(folder));
  if (known) return readOverlay(asked.name, { folder, root }, reading);
  return settle(undefined as never, [await unknown(root, asked)]);
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  return info?.isDirectory() === true;
}

async function unknown(root: string, asked: OverlayName): Promise<Diagnostic> {
  const names = await readdir(join(root, OVERLAYS_FOLDER)).catch((): string[] => []);
  const near = nearest(asked.name, names);
  return {
    code: 'config/unknown-overlay',
    message: `no overlay ${quote(asked.name)} in ${OVERLAYS_FOLDER}/`,
    hint: near === undefined ? `there are: ${names.sort().join(', ') || 'none yet'}` : `did you mean ${near}?`,
    ...(asked.at === undefined ? {} : { at: asked.at }),
  };
}

function circle(names: readonly string[], asked: OverlayName): Diagnostic {
  return {
    code: 'config/extends-itself',
    message: `an overlay extends itself: ${names.join(' → ')}`,
    hint: 'take one of these out of its extends',
    ...(asked.at === undefined ? {} : { at: asked.at }),
  };
}
