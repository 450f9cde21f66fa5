/** A checkout of another farm's config is never served: every way to make it live ends before anything moves. */
import { expect, it } from 'vitest';
import { pushConfig, stageBundle, watchConfig, type Bundle } from '../../../../src/config/index.ts';
import { ok } from '../../../../src/kernel/outcome.ts';
import { deployRelease, type ReleaseTools } from '../../../../src/release/index.ts';
import { bundleOf } from '../../../contract/config-host.contract.ts';
import { here } from '../../../worlds/config-push.ts';
import { testContext } from '../../../worlds/context.ts';
import { configPlace } from '../../../worlds/fakes/config-host.ts';
import { mistakesOf } from '../../../worlds/overlays.ts';

const at = { file: '/w/config-overlays/farm/mwpipe.overlay.yaml', line: 3, column: 9, length: 16 };
const raw: Bundle = {
  ...bundleOf('of another farm'),
  overlays: ['farm'],
  raw: { at, places: { find: () => undefined } },
};
const REFUSED = ['config/raw-not-served farm/mwpipe.overlay.yaml:3:9'];

/** Whoever asks it for anything but the bundle has gone too far. */
const tools = new Proxy({ makeBundle: () => Promise.resolve(ok(raw)) } as Partial<ReleaseTools> as ReleaseTools, {
  get: (known, name) => {
    if (name in known) return known[name as 'makeBundle'];
    throw new Error(`asked for ${String(name)}`);
  },
});

// eslint-disable-next-line @typescript-eslint/require-await -- nothing is ever saved
async function* savesOf(): AsyncGenerator<readonly string[]> {
  yield* [];
}

it.each([{}, { dryRun: true }, { stopAt: 'debug' as const }])('is refused by a push %j', async (how) => {
  const world = here(configPlace({ slot: 'blue' }));
  const pushed = await pushConfig({ bundle: raw, ...how }, world.ports, world.context);
  expect(mistakesOf(pushed)).toEqual(REFUSED);
  expect(pushed).toMatchObject({
    diagnostics: [{ exit: 'refused', hint: expect.stringContaining('mwpipe config diff') as string }],
  });
  expect([world.place.staged.size, world.runner.asked.length, world.storage.journal]).toEqual([0, 0, '']);
});

it('is not kept anywhere, whoever hands it over', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  expect(mistakesOf(await stageBundle(raw, world.ports.host, world.context))).toEqual(REFUSED);
  expect(world.place.staged.size).toBe(0);
});

it('is told by a watch at its start, and moves nothing', async () => {
  const world = here(configPlace({ slot: 'blue' }));
  const context = testContext();
  const silent = { batches: savesOf(), [Symbol.asyncDispose]: () => Promise.resolve() };
  const summary = await watchConfig(
    {
      folders: [],
      compose: () => Promise.resolve(ok(raw)),
      push: (bundle) => pushConfig({ bundle }, world.ports, world.context),
    },
    { open: () => Promise.resolve(silent) },
    context,
  );
  expect(summary).toEqual({ pushes: 0, refusals: 1 });
  expect(context.events).toContainEqual(
    expect.objectContaining({
      code: 'config/save-refused',
      diagnostics: [expect.objectContaining({ code: 'config/raw-not-served', at })],
    }),
  );
  expect(world.place.staged.size).toBe(0);
});

it('is refused by a deploy before an image is made', async () => {
  for (const dryRun of [false, true]) {
    expect(mistakesOf(await deployRelease({ dryRun }, tools, testContext()))).toEqual(REFUSED);
  }
});
