import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASE_PATTERN, isAllowedBase, parseReference } from '../../../src/kernel/base-policy.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;
const other = `sha256:${'b'.repeat(64)}` as const;

describe('a reference', () => {
  it.each([
    ['debian', { repository: 'docker.io/library/debian' }],
    ['debian:12', { repository: 'docker.io/library/debian', tag: '12' }],
    ['some/one', { repository: 'docker.io/some/one' }],
    ['localhost/x', { repository: 'localhost/x' }],
    ['127.0.0.1:5000/debian:12', { repository: '127.0.0.1:5000/debian', tag: '12' }],
    [`registry.example/a/b:1@${digest}`, { repository: 'registry.example/a/b', tag: '1', digest }],
  ])('%j is read as engines do', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each(['', '${X}', 'Debian', 'a b', `@${digest}`, 'a@sha256:12'])('%j is none', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});

describe('the allow-list', () => {
  const allowed = (image: string, ...bases: string[]): boolean => {
    const reference = parseReference(image);
    return reference !== undefined && isAllowedBase(reference, bases);
  };

  it('has an image by its digest', () => {
    expect(allowed(`r.example/debian@${digest}`, `r.example/debian@${digest}`)).toBe(true);
    expect(allowed(`r.example/debian@${other}`, `r.example/debian@${digest}`)).toBe(false);
    expect(allowed(`docker.io/library/debian@${digest}`, `debian@${digest}`)).toBe(true);
  });

  it('has all below a path, and nothing that only begins like it', () => {
    expect(allowed(`r.example/base/a/b@${digest}`, 'r.example/base/*')).toBe(true);
    expect(allowed(`r.example/basement/a@${digest}`, 'r.example/base/*')).toBe(false);
    expect(allowed(`r.example.evil/base/a@${digest}`, 'r.example/*')).toBe(false);
    expect(allowed(`evil/r.example/base/a@${digest}`, 'r.example/base/*')).toBe(false);
  });

  it('never has a tag', () => {
    expect(allowed('r.example/base/a:1', 'r.example/base/*')).toBe(false);
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(word, word, (name, tag) => {
        expect(allowed(`r.example/${name}:${tag}`, 'r.example/*', `r.example/${name}@${digest}`)).toBe(false);
      }),
    );
  });

  it.each(['r.example/debian', 'r.example/debian:12', '*', 'r.example/*/x', `r.example/x@${digest}x`])(
    'takes no %j for an entry',
    (entry) => {
      expect(BASE_PATTERN.test(entry)).toBe(false);
    },
  );
});
