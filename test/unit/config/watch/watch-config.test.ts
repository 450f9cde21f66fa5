/** `config watch` on real files: each save is pushed once, what doesn't compose is told and mended by the next save. */
import { rm, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hostFolderWatcher } from '../../../../src/adapters/host/folder-watcher.ts';
import { watchConfig, type Bundle } from '../../../../src/config/index.ts';
import { ok } from '../../../../src/kernel/outcome.ts';
import { testContext } from '../../../worlds/context.ts';
import { overlayWorld } from '../../../worlds/overlays.ts';

async function watching() {
  const world = await overlayWorld({ 'demo/settings.yaml': 'wgSitename: { default: First }\n' });
  const stop = new AbortController();
  const context = testContext({ signal: stop.signal });
  const pushed: string[] = [];
  const name = (bundle: Bundle): string => String(bundle.settings.default.get('wgSitename'));
  const done = watchConfig(
    {
      folders: [join(world.root, 'config-overlays')],
      compose: () => world.compose('demo'),
      push: (bundle) => {
        pushed.push(name(bundle));
        return Promise.resolve(ok({ state: 'live' }));
      },
    },
    hostFolderWatcher,
    context,
  );
  const told = async (code: string, times: number): Promise<void> => {
    for (let tries = 0; tries < 200; tries += 1) {
      if (context.events.filter((event) => event.code === code).length >= times) return;
      await setTimeout(25);
    }
    throw new Error(`${code} was told less than ${String(times)} times: ${JSON.stringify(context.events)}`);
  };
  await told('config/watching', 1);
  return {
    world,
    pushed,
    told,
    events: context.events,
    end: async () => {
      stop.abort();
      const summary = await done;
      await world[Symbol.asyncDispose]();
      return summary;
    },
  };
}

const settings = (name: string): string => `wgSitename: { default: ${name} }\n`;

it('pushes what is there, then what is saved', async () => {
  const watch = await watching();
  await watch.world.write('demo/settings.yaml', settings('Second'));
  await watch.told('config/save-live', 2);
  expect(watch.pushed).toEqual(['First', 'Second']);
  expect(await watch.end()).toEqual({ pushes: 2, refusals: 0 });
});

it('tells what does not compose, pushes nothing of it, and goes on', async () => {
  const watch = await watching();
  await watch.world.write('demo/settings.yaml', 'wgSitename: [\n');
  await watch.told('config/save-refused', 1);
  await watch.world.write('demo/settings.yaml', settings('Mended'));
  await watch.told('config/save-live', 2);
  expect(watch.pushed).toEqual(['First', 'Mended']);
  expect(await watch.end()).toEqual({ pushes: 2, refusals: 1 });
});

it('makes one push of many files saved at once, and none of a save that changes nothing', async () => {
  const watch = await watching();
  await watch.world.write('demo/settings.yaml', settings('First'));
  for (let file = 0; file < 40; file += 1) await watch.world.write(`demo/static/${String(file)}.txt`, 'x');
  await watch.world.write('demo/settings.yaml', settings('Many'));
  await watch.told('config/save-live', 2);
  await setTimeout(300);
  expect(watch.pushed).toEqual(['First', 'Many']);
  await watch.end();
});

it('sees files in folders that are made and removed while it watches', async () => {
  const watch = await watching();
  const file = watch.world.file('demo/static/deep/er/x.txt');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'x');
  await watch.told('config/save-live', 2);
  await rm(dirname(file), { recursive: true });
  await watch.told('config/save-live', 3);
  await watch.end();
});
