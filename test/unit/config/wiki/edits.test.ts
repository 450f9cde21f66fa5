/** Text edits of overlays: what is added is there, and every line that was typed still is, as it was. */
import fc from 'fast-check';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { addToDblist } from '../../../../src/config/wiki/edit-dblist.ts';
import { addWikiEntry } from '../../../../src/config/wiki/edit-wikis.ts';

const added = { name: 'dewikinews', entry: { hosts: ['de.news.example'], language: 'de', tags: ['wikinews'] } };

it.each([
  [
    'one line a wiki',
    'wikis:\n  aawiki: { hosts: [aa.example] } # first\n  enwiki: { hosts: [en.example] } # why\n\n# the end\n',
  ],
  [
    'several lines a wiki',
    '# top\nwikis:\n    enwiki:\n        hosts:\n            - en.example # main\n        tags: [wikipedia]\n',
  ],
  ['no newline at the end', 'wikis:\n  enwiki: { hosts: [en.example] }'],
  ['a wiki that is taken away', 'wikis:\n  enwiki: null\n'],
  ['something after the wikis', 'wikis:\n  enwiki:\n    hosts: [en.example]\n# more\nother: 1\n'],
])('adds a wiki after %s and keeps each line', (_form, text) => {
  const after = addWikiEntry(text, added);
  const [old, now] = [parse(text), parse(after)] as [{ wikis: object }, { wikis: object }];
  expect(now).toEqual({ ...old, wikis: { ...old.wikis, dewikinews: added.entry } });
  const kept = after.split('\n').filter((line) => !line.includes('dewikinews'));
  expect(kept.join('\n').trimEnd()).toBe(text.trimEnd());
  expect(addWikiEntry(after, added)).toBe(after);
});

it.each(['', 'wikis: {}\n', 'wikis: { enwiki: { hosts: [en.example] } } # all\n', '# nothing yet\nwikis:\n'])(
  'makes the first entry of %j',
  (text) => {
    const after = addWikiEntry(text, added);
    expect((parse(after) as { wikis: object }).wikis).toMatchObject({ dewikinews: added.entry });
  },
);

it('quotes a language that YAML would take for something else', () => {
  const after = addWikiEntry('', { name: 'nowiki', entry: { hosts: ['no.example'], language: 'no' } });
  expect(parse(after, { version: '1.1' })).toEqual({ wikis: { nowiki: { hosts: ['no.example'], language: 'no' } } });
});

it('puts a wiki into its place in a list that is in order, and at the end of one that is not', () => {
  expect(addToDblist('# head\naawiki\nzhwiki\n', 'dewiki')).toBe('# head\naawiki\ndewiki\nzhwiki\n');
  expect(addToDblist('zhwiki\naawiki', 'dewiki')).toBe('zhwiki\naawiki\ndewiki\n');
  expect(addToDblist('', 'dewiki')).toBe('dewiki\n');
});

it('has every name of a list afterwards, once, and loses no comment', () => {
  const name = fc.stringMatching(/^[a-z]{2,6}wiki$/);
  const line = fc.oneof(name, fc.constant(''), fc.constant('# why'));
  fc.assert(
    fc.property(fc.array(line), name, (lines, wiki) => {
      const before = lines.map((text) => `${text}\n`).join('');
      const after = addToDblist(before, wiki);
      const wanted = lines.includes(wiki) ? lines : [...lines, wiki];
      expect(after.split('\n').slice(0, -1).sort()).toEqual([...wanted].sort());
    }),
  );
});
