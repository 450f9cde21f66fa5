import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { dockerLogin } from '../../../../src/adapters/registry/credentials.ts';

const auth = Buffer.from('ann:pass:word').toString('base64');

function loginIn(config: unknown, host = 'registry.example:5000') {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return dockerLogin(text, { file: '/home/ann/.docker/config.json', host });
}

it.each([
  ['as docker login writes it', { auths: { 'registry.example:5000': { auth } } }],
  ['under an old address', { auths: { 'https://registry.example:5000/v1/': { auth } } }],
  ['as two words', { auths: { 'registry.example:5000': { username: 'ann', password: 'pass:word' } } }],
])('finds a login %s', (_how, config) => {
  const found = loginIn(config);
  if (!found.ok || found.value === undefined) throw new Error('expected a login');
  expect(found.value.user).toBe('ann');
  expect(found.value.password.reveal()).toBe('pass:word');
  expect(inspect(found)).not.toContain('pass:word');
});

it.each([
  ['no file for this registry', { auths: { 'other.example': { auth } } }],
  ['the same name at another port', { auths: { 'registry.example': { auth } } }],
  ['an entry that a helper keeps', { auths: { 'registry.example:5000': {} }, credsStore: 'desktop' }],
  ['nothing at all', {}],
])('finds none in %s', (_what, config) => {
  expect(loginIn(config)).toEqual({ ok: true, value: undefined });
});

it.each(['{"auths": {"registry.example:5000": {"auth": "c2VjcmV0', '{"auths": ["secret"]}', '"secret"'])(
  'says that a file is broken, and nothing of what is in it',
  (text) => {
    const failed = loginIn(text);
    expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'registry/docker-config' }] });
    expect(JSON.stringify(failed)).not.toMatch(/secret|c2Vj/);
  },
);
