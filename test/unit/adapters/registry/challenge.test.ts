import { expect, it } from 'vitest';
import { readChallenge } from '../../../../src/adapters/registry/challenge.ts';

it.each([
  [null, undefined],
  ['Basic realm="registry"', { scheme: 'basic' }],
  ['basic', { scheme: 'basic' }],
  ['Negotiate', undefined],
  ['Bearer service="x"', undefined],
  [
    'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
    { scheme: 'bearer', realm: 'https://auth.example/token', service: 'registry.example' },
  ],
  ['bearer realm = https://a/t , service=plain', { scheme: 'bearer', realm: 'https://a/t', service: 'plain' }],
  ['Basic realm="x", Bearer realm="https://a/t"', { scheme: 'bearer', realm: 'https://a/t', service: undefined }],
  [
    String.raw`Bearer realm="https://a/t",service="a \"b\""`,
    { scheme: 'bearer', realm: 'https://a/t', service: 'a "b"' },
  ],
])('reads %s', (header, expected) => {
  expect(readChallenge(header)).toEqual(expected);
});
