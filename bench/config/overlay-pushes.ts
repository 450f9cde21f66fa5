/** Bundles that differ in what two of their files say: of the demo's overlay, and of one of real size. */
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeBundle } from '../../src/config/bundle/bundle.ts';
import { composeBundle, type Bundle } from '../../src/config/index.ts';
import { valueOf } from '../../test/worlds/overlays.ts';
import { changeOne, writePayload } from '../../test/worlds/payload/index.ts';

const checkout = resolve(import.meta.dirname, '../..');
/** Both overlays have this name, so that one page finds their files. */
const OVERLAY = 'config-overlays/demo';
const NUMBER = 'number.php';

export interface OverlayPushes {
  /** In which two files say this number. @param bytes of PHP that are new in it; @default none */
  bundle(number: number, bytes?: number): Bundle;
}

/** What both files of a bundle say. */
export const valueOfPush = (number: number): string => `Push ${String(number)}`;
const FIRST = valueOfPush(0);

/** The demo's, whose CommonSettings.php shows the second file's value where a client of the API can see it. */
export function demoPushes(): Promise<OverlayPushes> {
  return pushesOf(async (overlay) => {
    await cp(join(checkout, OVERLAY), overlay, { recursive: true });
    await appendFile(join(overlay, 'CommonSettings.php'), `$wgRightsText = require __DIR__ . '/number.php';\n`);
    const settings = await readFile(join(overlay, 'settings.yaml'), 'utf8');
    await writeFile(join(overlay, 'settings.yaml'), settings.replace('default: mwpipe demo', `default: ${FIRST}`));
  });
}

/** A thousand wikis, 950 settings, a CommonSettings.php of 4,200 lines. */
export function payloadPushes(): Promise<OverlayPushes> {
  return pushesOf(async (overlay) => {
    await writeFarm(overlay, 1000);
    await changeOne(overlay, { value: FIRST });
  });
}

/** A farm of real size, of the image's own version, whatever it is. */
export async function writeFarm(overlay: string, wikis: number): Promise<void> {
  await writePayload(overlay, 'yaml', { wikis });
  const file = join(overlay, 'wikis.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/version: [^,]+, /g, ''));
}

/** Composed once: what an editor and the compiler take is no part of a push. */
async function pushesOf(write: (overlay: string) => Promise<void>): Promise<OverlayPushes> {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-bench-config-'));
  try {
    await write(join(folder, OVERLAY));
    await writeFile(join(folder, OVERLAY, NUMBER), numberFile(0, 0));
    const composed = valueOf(await composeBundle(folder, ['demo']));
    return { bundle: (number, bytes = 0) => numbered(composed, number, bytes) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function numbered(composed: Bundle, number: number, bytes: number): Bundle {
  const settings = Buffer.from(composed.files.get('settings.php') ?? '').toString('utf8');
  if (!settings.includes(`'${FIRST}'`)) throw new Error(`settings.php has no '${FIRST}'`);
  const changed = new Map([
    ['settings.php', Buffer.from(settings.replaceAll(`'${FIRST}'`, `'${valueOfPush(number)}'`))],
    [`overlays/demo/${NUMBER}`, Buffer.from(numberFile(number, bytes))],
  ]);
  return makeBundle({ ...composed, files: new Map([...composed.files, ...changed]) });
}

function numberFile(number: number, bytes: number): string {
  const row = (index: number): string =>
    `\t'key ${String(index)}' => [ 'value ${String(index)} of ${String(number)}' ],\n`;
  const rows = Array.from({ length: Math.round(bytes / 45) }, (_, index) => row(index)).join('');
  return `<?php\n$table = [\n${rows}];\nreturn '${valueOfPush(number)}';\n`;
}
