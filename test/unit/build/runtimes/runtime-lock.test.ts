import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from '../../../../src/kernel/digest.ts';
import {
  formatRuntimeLock,
  NO_LOCK,
  parseRuntimeLock,
  withPin,
  type RuntimePin,
} from '../../../../src/build/runtimes/runtime-lock.ts';

const pin = (seed: string): RuntimePin => ({
  image: sha256(`${seed} image`),
  manifest: sha256(`${seed} manifest`),
  key: sha256(`${seed} key`),
  base: { name: 'debian:bookworm', digest: sha256('base'), kind: 'bootstrapped', released: '2026-11-22T20:14:05.000Z' },
  packages: { 'php8.2-cli': '8.2.29-1~deb12u1', adduser: '3.134', 'libstdc++6': '12.2.0-14+deb12u1' },
});

it("keeps other flavours' and other platforms' pins as they are", () => {
  const arm = withPin(NO_LOCK, { flavour: 'web', platform: 'linux/arm64', pin: pin('arm') });
  const cli = withPin(arm, { flavour: 'cli', platform: 'linux/amd64', pin: pin('cli') });
  const all = withPin(cli, { flavour: 'web', platform: 'linux/amd64', pin: pin('web') });
  expect(all.flavours).toEqual({
    cli: { 'linux/amd64': pin('cli') },
    web: { 'linux/arm64': pin('arm'), 'linux/amd64': pin('web') },
  });
});

it('is the same bytes in whatever order it was made, and reads back', () => {
  const place = fc.record({
    flavour: fc.constantFrom('web', 'cli', 'test'),
    platform: fc.constantFrom('linux/amd64', 'linux/arm64', 'linux/arm/v7'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(place, { selector: ({ flavour, platform }) => flavour + platform }), (places) => {
      const made = (list: typeof places) =>
        list.reduce((lock, at) => withPin(lock, { ...at, pin: pin(at.flavour + at.platform) }), NO_LOCK);
      const text = formatRuntimeLock('php82', made(places));
      expect(formatRuntimeLock('php82', made(places.toReversed()))).toBe(text);
      expect(parseRuntimeLock('x', text)).toEqual({ ok: true, value: made(places) });
    }),
  );
});

it('is read by a newer mwpipe only, where a newer one wrote it', () => {
  expect(parseRuntimeLock('x', 'schema: mwpipe.runtime-lock/2\nflavours: {}\n')).toMatchObject({
    diagnostics: [{ code: 'build/newer-runtime-lock', at: { file: 'x', line: 1 } }],
  });
});

it('points at a digest that is none', () => {
  const text = formatRuntimeLock('x', withPin(NO_LOCK, { flavour: 'web', platform: 'linux/amd64', pin: pin('a') }));
  const broken = text.replace(pin('a').image, 'sha256:12');
  expect(parseRuntimeLock('x', broken)).toMatchObject({ ok: false, diagnostics: [{ at: { file: 'x', line: 6 } }] });
});
