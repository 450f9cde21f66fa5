/** What every host of bundles must do, the fake one and Docker: a push is built on these sentences. */
import { describe, expect, it } from 'vitest';
import { makeBundle, packBundle, type Bundle } from '../../src/config/bundle/bundle.ts';
import { openBundle } from '../../src/config/bundle/open-bundle.ts';
import type { ConfigHost } from '../../src/config/index.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';

/** Value of the secret `secret-key` of every world. */
export const KEPT_VALUE = '5ec2e7'.repeat(6);

/** One slot, blue, with one running instance, no bundle yet, and the secret `secret-key`. */
export interface ConfigHostWorld extends AsyncDisposable {
  readonly host: ConfigHost;
}

export function bundleOf(content: string, rows = ''): Bundle {
  return makeBundle({
    overlays: ['demo'],
    files: new Map([
      ['LocalSettings.php', Buffer.from(`<?php return [ ${JSON.stringify(content)}, ${rows} ];`)],
      ['static/dir/a.txt', Buffer.from(content)],
    ]),
    settings: { default: new Map(), wikis: new Map(), origins: new Map() },
    farm: undefined,
    sources: new Map(),
  });
}
export const packed = (bundle: Bundle) => ({ hash: bundle.hash, data: packBundle(bundle) });

export function configHostContract(name: string, open: () => Promise<ConfigHostWorld>): void {
  const context = testContext();
  const [first, second] = [bundleOf('first'), bundleOf('second')];

  describe(name, () => {
    it('shows a slot with its image and instances before it has a bundle', async () => {
      await using world = await open();
      const [slot] = valueOf(await world.host.slots(context));
      expect(slot).toMatchObject({
        slot: 'blue',
        bundle: undefined,
        image: expect.stringMatching(/^sha256:/) as string,
      });
      expect(slot?.instances).toHaveLength(1);
    });

    it('keeps a bundle once, and says so the second time', async () => {
      await using world = await open();
      expect(await world.host.stage(packed(first), context)).toMatchObject({ value: { state: 'staged' } });
      expect(await world.host.stage(packed(first), context)).toMatchObject({ value: { state: 'present' } });
    });

    it('refuses a bundle that did not arrive whole, and keeps nothing of it', async () => {
      await using world = await open();
      const forged = { hash: first.hash, data: packBundle(second) };
      expect(await world.host.stage(forged, context)).toMatchObject({
        ok: false,
        diagnostics: [{ code: 'config/not-staged' }],
      });
      const cut = { hash: first.hash, data: packBundle(first).slice(0, 40) };
      expect(await world.host.stage(cut, context)).toMatchObject({ ok: false });
      expect(await world.host.point({ slot: 'blue', bundle: first.hash }, context)).toMatchObject({ ok: false });
    });

    it('gives a kept bundle back as it came, and none that it has not', async () => {
      await using world = await open();
      await world.host.stage(packed(first), context);
      const back = valueOf(openBundle(valueOf(await world.host.read(first.hash, context))));
      expect(back.files).toEqual(first.files);
      expect(await world.host.read(second.hash, context)).toMatchObject({ diagnostics: [{ code: 'config/not-kept' }] });
    });

    it('never points to what is not staged', async () => {
      await using world = await open();
      expect(await world.host.point({ slot: 'blue', bundle: first.hash }, context)).toMatchObject({ ok: false });
      expect(valueOf(await world.host.slots(context))[0]?.bundle).toBeUndefined();
    });

    it('has each instance answer the bundle that the slot points to, at once', async () => {
      await using world = await open();
      for (const bundle of [first, second, first]) {
        await world.host.stage(packed(bundle), context);
        valueOf(await world.host.point({ slot: 'blue', bundle: bundle.hash }, context));
        // A pod follows by itself, some milliseconds later.
        const served = async () => valueOf(await world.host.confirm('blue', context)).map((answer) => answer.bundle);
        await expect.poll(served, { timeout: 10_000, interval: 100 }).toEqual([bundle.hash]);
        expect(valueOf(await world.host.slots(context))[0]?.bundle).toBe(bundle.hash);
      }
    });

    it('gives an instance a pointer of its own, until the slot moves', async () => {
      await using world = await open();
      for (const bundle of [first, second]) await world.host.stage(packed(bundle), context);
      valueOf(await world.host.point({ slot: 'blue', bundle: first.hash }, context));
      const [instance = ''] = valueOf(await world.host.slots(context))[0]?.instances ?? [];
      const served = async () => valueOf(await world.host.confirm('blue', context)).map((answer) => answer.bundle);
      valueOf(await world.host.point({ slot: 'blue', bundle: second.hash, instances: [instance] }, context));
      await expect.poll(served, { timeout: 10_000, interval: 100 }).toEqual([second.hash]);
      expect(valueOf(await world.host.slots(context))[0]).toMatchObject({
        bundle: first.hash,
        apart: { [instance]: second.hash },
      });
      expect(await world.host.prune([], context)).toMatchObject({ value: { removed: [] } });
      valueOf(await world.host.point({ slot: 'blue', bundle: first.hash }, context));
      await expect.poll(served, { timeout: 10_000, interval: 100 }).toEqual([first.hash]);
      expect(valueOf(await world.host.slots(context))[0]?.apart).toEqual({});
    });

    it('has each instance say which bundles it has whole, and what it has answered', async () => {
      await using world = await open();
      await world.host.stage(packed(first), context);
      const staged = async () => valueOf(await world.host.confirm('blue', context)).map((answer) => answer.staged);
      await expect.poll(staged, { timeout: 10_000, interval: 100 }).toEqual([[first.hash]]);
      const [traffic] = valueOf(await world.host.traffic('blue', context));
      expect(traffic).toMatchObject({ requests: expect.any(Number) as number, errors: 0 });
    });

    it('names the secrets that its instances find, and never says a value', async () => {
      await using world = await open();
      const secrets = valueOf(await world.host.secrets(context));
      expect(secrets).toContainEqual({ name: 'secret-key', problem: null });
      expect(secrets?.map(({ name }) => name)).not.toContain('nobody-made-it');
      expect(JSON.stringify(secrets)).not.toContain(KEPT_VALUE);
    });

    it('removes what is neither kept nor pointed to', async () => {
      await using world = await open();
      const [kept, live, old] = [bundleOf('kept'), bundleOf('live'), bundleOf('old')];
      for (const bundle of [kept, live, old]) await world.host.stage(packed(bundle), context);
      await world.host.point({ slot: 'blue', bundle: live.hash }, context);
      expect(await world.host.prune([kept.hash], context)).toMatchObject({ value: { removed: [old.hash] } });
      expect(await world.host.point({ slot: 'blue', bundle: old.hash }, context)).toMatchObject({ ok: false });
      valueOf(await world.host.point({ slot: 'blue', bundle: kept.hash }, context));
    });

    it('knows no instances of a slot that has none', async () => {
      await using world = await open();
      expect(valueOf(await world.host.confirm('green', context))).toEqual([]);
    });
  });
}
