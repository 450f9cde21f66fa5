import { expect, it } from 'vitest';
import { parseUpgradable } from '../../../../src/build/runtimes/packages.ts';

it("reads apt's list, and knows a security fix by its suite", () => {
  const listed = [
    'Listing...',
    'base-files/oldstable 12.4+deb12u12 amd64 [upgradable from: 12.4+deb12u11]',
    'libssl3/oldstable-security,oldstable 3.0.17-1~deb12u3 amd64 [upgradable from: 3.0.16-1~deb12u1]',
    'libstdc++6/now 12.2.0-14+deb12u1 amd64 [installed,local]',
    '',
  ];
  expect(parseUpgradable(listed.join('\n'))).toEqual([
    { name: 'base-files', has: '12.4+deb12u11', newest: '12.4+deb12u12', security: false },
    { name: 'libssl3', has: '3.0.16-1~deb12u1', newest: '3.0.17-1~deb12u3', security: true },
  ]);
});
