import { expect, it } from 'vitest';
import { quote } from '../../../src/kernel/diagnostic.ts';

it('quotes a value so that no terminal obeys it', () => {
  expect(quote('a"b\u001b[2J')).toBe(String.raw`"a\"b\u001b[2J"`);
  expect(quote('a\u009b2J\u007f\u202eb')).toBe(String.raw`"a\u009b2J\u007f\u202eb"`);
  expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(77)}..."`);
});
