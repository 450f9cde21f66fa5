import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, digestOf, sha256, short } from '../../../src/kernel/digest.ts';

it('is the sha256 that other tools print', () => {
  expect(sha256('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256(new TextEncoder().encode('abc'))).toBe(sha256('abc'));
  expect(short(sha256('abc'))).toBe('ba7816bf8f01');
});

it('is the same for the same facts, whatever the order of their names', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(digestOf(reversed(value))).toBe(digestOf(value));
    }),
  );
});

it('keeps everything: canonical JSON reads back as the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('tells apart what differs in order, type or depth', () => {
  const values = [[1, 2], [2, 1], ['1', 2], [[1, 2]], { a: 1 }, { a: '1' }, { a: { a: 1 } }, null, 'null', [], {}];
  expect(new Set(values.map(digestOf)).size).toBe(values.length);
});

it('leaves out what is undefined, as JSON does', () => {
  expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)] as const);
  return Object.fromEntries(entries.toReversed());
}
