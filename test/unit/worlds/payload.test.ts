import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeOne, payloadFiles, writePayload } from '../../worlds/payload/index.ts';

const small = { wikis: 30, lines: 60, own: 12 };

describe('the payload of real size', () => {
  it('is as large as the issue asks', () => {
    const files = [...payloadFiles('raw')].filter(([path]) => path.startsWith('wmf-config/'));
    const text = Object.fromEntries(files);
    const bytes = files.reduce((sum, [, content]) => sum + Buffer.byteLength(content), 0);
    expect(bytes).toBeGreaterThan(3_000_000);
    expect(files.length).toBeGreaterThanOrEqual(40);
    expect(text['wmf-config/CommonSettings.php']?.split('\n').length).toBeGreaterThan(4000);
    expect(text['wmf-config/InitialiseSettings.php']?.match(/^\t'wm?g/gm)?.length).toBeGreaterThan(900);
  });

  it('is the same each time that it is made from one seed, and another from another', () => {
    for (const shape of ['raw', 'yaml'] as const) {
      expect(payloadFiles(shape, small)).toEqual(payloadFiles(shape, small));
      expect(payloadFiles(shape, { ...small, seed: 2 })).not.toEqual(payloadFiles(shape, small));
    }
  });

  it('changes one value and nothing else, in both shapes', async () => {
    for (const [shape, file] of [
      ['raw', 'wmf-config/InitialiseSettings.php'] as const,
      ['yaml', 'settings.yaml'] as const,
    ]) {
      const folder = await mkdtemp(join(tmpdir(), 'mwpipe-payload-'));
      try {
        await writePayload(folder, shape, small);
        const before = (await readFile(join(folder, file), 'utf8')).split('\n');
        await changeOne(folder, { value: 'It’s another', of: 'metawiki' });
        const after = (await readFile(join(folder, file), 'utf8')).split('\n');
        const changed = after.filter((line, index) => line !== before[index]);
        expect(after.length).toBe(before.length);
        expect(changed).toEqual([expect.stringContaining('It’s another')]);
      } finally {
        await rm(folder, { recursive: true });
      }
    }
  });
});
