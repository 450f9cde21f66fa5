/** What images said is kept while it is used: by age, then by size, and never under a reader's hands. */
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { evaluationCache } from '../../../../src/config/check/evaluation-cache.ts';
import type { Evaluation } from '../../../../src/config/check/evaluation.ts';

const DAY_MS = 86_400_000;
const noise = (bytes: number): string => Array.from({ length: bytes }, () => Math.random().toString(36)[3]).join('');

const evaluation = (text: string): Evaluation => ({
  mediawiki: '1.43.0',
  wanted: 1,
  effective: { wikis: ['wiki'], settings: new Map([['wgSitename', { texts: [JSON.stringify(text)] }]]) },
  mistakes: [],
  unsteady: [],
  skipped: 0,
  parsedFiles: 1,
  schema: undefined,
});

async function world(limits?: { bytes: number; ageMs: number }) {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-evaluations-'));
  const cache = evaluationCache(root, limits);
  const key = (name: string) => ({ hash: name, image: 'sha256:image', wikis: undefined });
  const folder = join(root, 'config/evaluated');
  return {
    root,
    cache,
    folder,
    keep: (name: string, text = name) => cache.writeEvaluation(key(name), evaluation(text)),
    has: async (name: string) => (await cache.readEvaluation(key(name))) !== undefined,
    /** As if all that is there had been used so long ago. */
    age: async (ms: number) => {
      for (const kind of ['evaluated', 'schema', 'parsed']) {
        for (const file of await readdir(join(root, 'config', kind)).catch(() => [])) {
          const path = join(root, 'config', kind, file);
          const then = ((await stat(path)).mtimeMs - ms) / 1000;
          await utimes(path, then, then);
        }
      }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

it('keeps what is used, and lets go what was not used for too long', async () => {
  await using kept = await world({ bytes: 1e9, ageMs: 10 * DAY_MS });
  for (const name of ['used', 'unused']) await kept.keep(name);
  await kept.cache.writeSchema('sha256:image', {});
  await kept.cache.writeParsed('sha256:image', ['sha256:file']);
  await kept.age(8 * DAY_MS);
  expect(await kept.has('used')).toBe(true);
  await kept.age(4 * DAY_MS);
  await kept.keep('new');
  expect(await kept.has('used')).toBe(true);
  expect(await kept.has('unused')).toBe(false);
  expect(await kept.cache.readSchema('sha256:image')).toBeUndefined();
  expect(await kept.cache.readParsed('sha256:image')).toBeUndefined();
});

it('makes room by what was used longest ago, and keeps what it just wrote, whatever its size', async () => {
  await using kept = await world({ bytes: 7000, ageMs: 10 * DAY_MS });
  for (const name of ['first', 'second', 'third']) {
    await kept.keep(name, noise(4000));
    await kept.age(60_000);
  }
  expect([await kept.has('first'), await kept.has('second'), await kept.has('third')]).toEqual([false, true, true]);
  await kept.age(60_000);
  expect(await kept.has('second')).toBe(true);
  await kept.keep('fourth', noise(4000));
  expect([await kept.has('second'), await kept.has('third')]).toEqual([true, false]);
  await kept.keep('huge', noise(40_000));
  expect(await readdir(kept.folder)).toHaveLength(1);
  expect(await kept.has('huge')).toBe(true);
});

it('sweeps up what a killed run left half-written', async () => {
  await using kept = await world();
  await kept.keep('one');
  await writeFile(join(kept.folder, 'abc.part'), 'half');
  await kept.age(100 * DAY_MS);
  await kept.keep('two');
  expect(await readdir(kept.folder)).toHaveLength(1);
});

it('gives a reader all or nothing while others make room', async () => {
  await using kept = await world({ bytes: 20_000, ageMs: 10 * DAY_MS });
  const text = noise(4000);
  const readers = Array.from({ length: 40 }, async (_, index) => {
    const name = String(index % 8);
    await kept.keep(name, text);
    const found = await kept.cache.readEvaluation({ hash: name, image: 'sha256:image', wikis: undefined });
    return found?.effective.settings.get('wgSitename')?.texts[0] ?? JSON.stringify(text);
  });
  expect(new Set(await Promise.all(readers))).toEqual(new Set([JSON.stringify(text)]));
});
