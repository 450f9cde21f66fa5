import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareVersions, isVersion, newestVersion } from '../../../../src/resolve/security/version-order.ts';

const number = fc.integer({ min: 0, max: 200 });
const version = fc
  .tuple(number, number, number, fc.constantFrom('', '-wmf.', '-rc.', '-alpha'), number)
  .map(([a, b, c, stage, n]) => `${a}.${b}.${c}${stage}${stage.endsWith('.') ? n : ''}`);

it('counts as people do, and knows what comes before a release', () => {
  const rising = [
    '1.9.0',
    '1.43.0-alpha',
    '1.43.0-wmf.9',
    '1.43.0-wmf.10',
    '1.43.0-rc.0',
    '1.43.0',
    '1.43.1',
    '1.44.0-wmf.1',
  ];
  expect(rising.toReversed().sort(compareVersions)).toEqual(rising);
  expect(newestVersion([...rising, 'next', 'master'])).toBe('1.44.0-wmf.1');
});

it('is an order', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      if (compareVersions(a, b) === 0) expect(a).toBe(b);
    }),
  );
});

it.each(['1.47.0-wmf3', '1', 'v1.2', '1.2/..', '1.2 ', 'next'])('takes %j for no version', (name) => {
  expect(isVersion(name)).toBe(false);
});
