import { expect, it } from 'vitest';
import { npmPackages } from '../../../../src/build/steps/npm-packages.ts';

it('reads the locks of npm 7 and later: scopes, several versions, aliases; no links and not the repo itself', () => {
  const packages = {
    '': { name: 'cite', version: '1.0.0' },
    'node_modules/lodash': { version: '4.17.21' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/lodash': { version: '4.17.4' },
    'node_modules/@wikimedia/codex': { version: '1.14.0' },
    'node_modules/alias': { name: 'real', version: '2.0.0' },
    'node_modules/local': { link: true, version: '0.0.1' },
    'packages/local': { version: '0.0.1' },
  };
  expect(npmPackages(JSON.stringify({ lockfileVersion: 3, packages }))).toEqual({
    '@wikimedia/codex': ['1.14.0'],
    a: ['1.0.0'],
    lodash: ['4.17.21', '4.17.4'],
    real: ['2.0.0'],
  });
});

it('reads those of npm 6', () => {
  const dependencies = {
    a: { version: '1.0.0', dependencies: { lodash: { version: '4.17.4' } } },
    lodash: { version: '4.17.21' },
  };
  expect(npmPackages(JSON.stringify({ lockfileVersion: 1, dependencies }))).toEqual({
    a: ['1.0.0'],
    lodash: ['4.17.21', '4.17.4'],
  });
});

it.each(['', '{', '[]', '{}', '{"packages": 3}'])('%j is none', (text) => {
  expect(npmPackages(text)).toBeUndefined();
});
