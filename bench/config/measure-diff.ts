/**
 * How long a diff of a farm of real size takes: 1,000 wikis, 950 settings, evaluated by real PHP in a real image, once with
 * the overlay's PHP (a CommonSettings of 4,200 lines) and once with its YAML alone; with nothing remembered, and again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diffText } from '../../src/cli/render/config-diff.ts';
import { composeBundle, diffConfig, type Bundle, type CheckTools } from '../../src/config/index.ts';
import type { Runner } from '../../src/kernel/runner.ts';
import { valueOf } from '../../test/worlds/overlays.ts';
import { changeOne } from '../../test/worlds/payload/index.ts';
import { writeFarm } from './overlay-pushes.ts';
import { benchContext } from './stop.ts';

export interface DiffFigures {
  readonly wikis: number;
  /** One side evaluated, its bundle and image never seen before. */
  readonly coldMs: number;
  /** Both sides evaluated. */
  readonly bothColdMs: number;
  /** Neither. */
  readonly warmMs: number;
  readonly text: string;
}

export interface DiffBench {
  readonly image: string;
  readonly runner: Runner;
  readonly wikis: number;
  /** Without the overlay's PHP files. */
  readonly yamlOnly: boolean;
}

/** Each wiki of the payload has a name of its own: changing the default would change none. */
const WIKI = 'aawiki';

export async function measureDiff({ image, runner, wikis, yamlOnly }: DiffBench): Promise<DiffFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-diff-'));
  try {
    const before = await farm(folder, { wikis, yamlOnly });
    await changeOne(join(folder, 'config-overlays/farm'), { value: 'Changed', of: WIKI });
    const after = valueOf(await composeBundle(folder, ['farm']));
    const tools = { runner, cache: join(folder, 'cache') };
    const both = await timed({ before, after, image }, tools);
    const warm = await timed({ before, after, image }, tools);
    await changeOne(join(folder, 'config-overlays/farm'), { value: 'Changed again', of: WIKI });
    const again = valueOf(await composeBundle(folder, ['farm']));
    const cold = await timed({ before: after, after: again, image }, tools);
    if (!cold.text.includes('Changed again')) throw new Error(`the diff does not show the change: ${cold.text}`);
    return { wikis, coldMs: cold.ms, bothColdMs: both.ms, warmMs: warm.ms, text: cold.text };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function farm(folder: string, { wikis, yamlOnly }: Pick<DiffBench, 'wikis' | 'yamlOnly'>): Promise<Bundle> {
  const overlay = join(folder, 'config-overlays/farm');
  await writeFarm(overlay, wikis);
  if (yamlOnly) for (const php of ['CommonSettings.php', 'interwiki.php']) await rm(join(overlay, php));
  return valueOf(await composeBundle(folder, ['farm']));
}

interface Sides {
  readonly before: Bundle;
  readonly after: Bundle;
  readonly image: string;
}

async function timed({ before, after, image }: Sides, tools: CheckTools) {
  const started = performance.now();
  const wish = {
    after: { label: 'work', bundle: after },
    images: [{ image, slots: ['blue'], before: { label: 'live', bundle: before } }],
  };
  const text = diffText(valueOf(await diffConfig(wish, tools, benchContext())));
  return { ms: Math.round(performance.now() - started), text };
}
