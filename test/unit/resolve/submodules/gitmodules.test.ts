import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ok } from '../../../../src/kernel/outcome.ts';
import { parseGitmodules, submoduleUrl } from '../../../../src/resolve/submodules/gitmodules.ts';

const parse = (text: string) => parseGitmodules('A@1234567:.gitmodules', text);
const mistakes = (text: string): string[] => {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.diagnostics.map(({ message, at }) => `${at?.line ?? 0}: ${message}`);
};

it('reads what git submodule writes', () => {
  const text =
    '[submodule "lib/ve"]\n\tpath = lib/ve\n\turl = https://gerrit.example/r/VisualEditor/VisualEditor\n\tbranch = .\n';
  expect(parse(text)).toEqual(
    ok([
      {
        name: 'lib/ve',
        path: 'lib/ve',
        url: 'https://gerrit.example/r/VisualEditor/VisualEditor',
        branch: '.',
        line: 1,
      },
    ]),
  );
});

it('reads quotes, comments, odd cases and other sections as git does', () => {
  const text = '# ours\n[core]\n  bare\n[submodule "a \\"b\\""]\r\n  PATH = "x # y" ; why\r\n  url=../c\n';
  expect(parse(text)).toEqual(ok([{ name: 'a "b"', path: 'x # y', url: '../c', line: 4 }]));
});

it('points at each line that is none', () => {
  expect(mistakes('path = x\n[submodule "a"]\n  path = a\n  !\n')).toEqual([
    '1: "path = x" is neither [submodule "..."] nor key = value',
    '4: "!" is neither [submodule "..."] nor key = value',
    '2: the submodule "a" has no url',
  ]);
});

it('takes relative urls from the repo that names them', () => {
  const parent = 'https://gerrit.example/r/mediawiki/extensions/VisualEditor';
  expect(submoduleUrl(parent, '../../../VisualEditor/VisualEditor')).toBe(
    'https://gerrit.example/r/VisualEditor/VisualEditor',
  );
  expect(submoduleUrl('git@github.com:wikimedia/a', './b')).toBe('git@github.com:wikimedia/a/b');
  expect(submoduleUrl(parent, 'https://e/x')).toBe('https://e/x');
});

it('a relative url never leaves its host', () => {
  const step = fc.constantFrom('..', '.', 'a', 'b');
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const url = submoduleUrl('https://host.example/r/x/y', `./${steps.join('/')}`);
      if (url !== undefined) expect(url).toMatch(/^https:\/\/host\.example\/[^.]*$/);
    }),
  );
  expect(submoduleUrl('https://host.example/a', '../../etc')).toBeUndefined();
});
