import { expect, it } from 'vitest';
import { parseAskedChange } from '../../../../src/resolve/patches/asked-change.ts';
import { dependsOn } from '../../../../src/resolve/patches/depends-on.ts';

const id = (digit: string): string => `I${digit.repeat(40)}`;

it('reads every Depends-On, several in a line, whatever its case, each once', () => {
  const message = `Subject\n\nBody.\n\nBug: T1\nDepends-On: ${id('a')}\ndepends-on:${id('b')}, ${id('c')}\nDepends-On: ${id('A')}\nChange-Id: ${id('f')}\n`;
  expect(dependsOn(message)).toEqual({ ids: [id('a'), id('b'), id('c')], pages: [], unread: [] });
});

it('reads one that stands apart from the other footers, as Zuul does, but none in the subject or inside a line', () => {
  const message = `Depends-On: ${id('a')}\n\nSee Depends-On: ${id('b')}\n\nDepends-On: ${id('c')}\n\nChange-Id: ${id('f')}`;
  expect(dependsOn(message).ids).toEqual([id('c')]);
});

it('reads addresses of pages, and stops at a comment', () => {
  const page = 'https://gerrit.wikimedia.org/r/c/mediawiki/extensions/Echo/+/1099123';
  const message = `S\n\nDepends-On: ${page}/3 (not ${id('a')})\nDepends-On: ${id('b')} # ${id('c')}\n`;
  expect(dependsOn(message)).toEqual({
    ids: [id('b')],
    pages: [{ number: 1099123, patchset: 3, gerrit: 'https://gerrit.wikimedia.org/r' }],
    unread: [],
  });
});

it('tells what it can not read', () => {
  expect(dependsOn('S\n\nDepends-On: T12345\nDepends-On:\n').unread).toEqual(['T12345', '']);
});

it('is done with a hostile message soon', () => {
  const started = performance.now();
  const lines = Array.from({ length: 50_000 }, (_, at) => `Depends-On: I${String(at).padStart(40, '0')}`);
  expect(dependsOn(`S\n\n${lines.join('\n')}`).ids.length).toBeLessThan(60);
  dependsOn(`S\n\nDepends-On: https://${'a/'.repeat(100_000)}`);
  expect(performance.now() - started).toBeLessThan(2000);
});

it.each([
  ['1099123', { number: 1099123 }],
  ['1099123/3', { number: 1099123, patchset: 3 }],
  ['https://gerrit.wikimedia.org/r/c/mediawiki/core/+/42', { number: 42, gerrit: 'https://gerrit.wikimedia.org/r' }],
  [
    'https://Gerrit.Wikimedia.org/r/c/mediawiki/core/+/42/7/includes/a.php',
    { number: 42, patchset: 7, gerrit: 'https://gerrit.wikimedia.org/r' },
  ],
  [
    'https://gerrit.wikimedia.org/r/c/mediawiki/core/+/42/1..7',
    { number: 42, patchset: 7, gerrit: 'https://gerrit.wikimedia.org/r' },
  ],
  ['https://gerrit.wikimedia.org/r/42', { number: 42, gerrit: 'https://gerrit.wikimedia.org/r' }],
  ['https://gerrit.wikimedia.org/r/#/c/42/3/', { number: 42, patchset: 3, gerrit: 'https://gerrit.wikimedia.org/r' }],
  ['https://go-review.googlesource.com/c/go/+/42', { number: 42, gerrit: 'https://go-review.googlesource.com' }],
])('takes %s for a change', (text, asked) => {
  expect(parseAskedChange(text)).toEqual({ ok: true, value: asked });
});

it.each(['', '0', '5/0', '-1', 'I1234', 'Echo', '1/2/3', 'file:///r/c/x/+/1', 'https://gerrit.example/r/c/x/+/'])(
  'takes %j for none',
  (text) => {
    expect(parseAskedChange(text)).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/wrong-change' }] });
  },
);
