import { expect, it } from 'vitest';
import { checkBase } from '../../../src/deploy/index.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const on = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  'org.opencontainers.image.base.name': name,
  'org.opencontainers.image.base.digest': digest,
  ...more,
});
const check = (labels: Readonly<Record<string, string>>, ...bases: string[]) =>
  checkBase({ image: 'sha256:1', labels }, bases);

it('takes what was bootstrapped from the Debian archive', () => {
  expect(check(on('debian:bookworm', { 'mwpipe.base': 'bootstrapped' })).ok).toBe(true);
});

it('takes what stands on an image that is allowed', () => {
  expect(check(on('r.example/debian'), `r.example/debian@${digest}`).ok).toBe(true);
  expect(check(on('r.example/base/php'), 'r.example/base/*').ok).toBe(true);
});

it('refuses what stands on another, with what to write', () => {
  expect(check(on('r.example/debian'), `r.example/debian@sha256:${'b'.repeat(64)}`)).toMatchObject({
    diagnostics: [
      {
        code: 'deploy/untrusted-base',
        exit: 'refused',
        hint: expect.stringContaining(`bases: [ 'r.example/debian@${digest}' ]`) as string,
      },
    ],
  });
  // Its name alone makes no Debian of it.
  expect(check(on('debian:bookworm'))).toMatchObject({ diagnostics: [{ code: 'deploy/untrusted-base' }] });
});

it('refuses what says nothing, unless an earlier mwpipe built it', () => {
  expect(check({})).toMatchObject({ diagnostics: [{ code: 'deploy/unknown-base', exit: 'refused' }] });
  expect(check({ 'mwpipe.kind': 'image' }).ok).toBe(false);
  expect(check({ 'mwpipe.kind': 'image', 'mwpipe.lock': digest }).ok).toBe(true);
});
