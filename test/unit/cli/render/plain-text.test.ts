import { expect, it } from 'vitest';
import { plainText } from '../../../../src/cli/render/plain-text.ts';

it.each([
  ['Fix \u001b[31mred\u001b[0m and \u009b2Jcleared', 'Fix red and cleared'],
  ['Link \u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007', 'Link here'],
  ['Title \u001b]0;owned\u001b\\set', 'Title set'],
  ['two\r\nlines\tand\u0000a bell\u0007', 'two lines anda bell'],
  ['turned \u202egnp.exe\u202c', 'turned gnp.exe'],
  ['Überprüfen 🎉 日本語', 'Überprüfen 🎉 日本語'],
])('shows %j without what a terminal would obey', (text, shown) => {
  expect(plainText(text)).toBe(shown);
});

it('cuts what is long, never inside a character', () => {
  expect(plainText('x'.repeat(200))).toBe(`${'x'.repeat(97)}...`);
  expect(plainText(`${'x'.repeat(96)}🎉🎉🎉🎉`)).toBe(`${'x'.repeat(96)}...`);
});
