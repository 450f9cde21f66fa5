/** Which wikis are one another in other languages. */
import { expect, it } from 'vitest';
import { familiesOf, familyOf } from '../../../../src/config/settings/families.ts';

const plain = (wikis: Parameters<typeof familiesOf>[0]) =>
  Object.fromEntries([...familiesOf(wikis)].map(([family, members]) => [family, Object.fromEntries(members)]));

it.each([
  [{ name: 'dewikinews', language: 'de' }, 'wikinews'],
  [{ name: 'zh_yuewiki', language: 'zh-yue' }, 'wiki'],
  [{ name: 'dewiki', language: 'de', site: 'wikipedia' }, 'wikipedia'],
  [{ name: 'commonswiki', language: 'en' }, 'commonswiki'],
  [{ name: 'demowiki', language: 'de' }, 'demowiki'],
  [{ name: 'wiki', language: 'en' }, 'wiki'],
])('%o is of the family %s', (wiki, family) => {
  expect(familyOf(wiki)).toBe(family);
});

it('has each language of a family once', () => {
  const wikis = [
    { name: 'wiki', language: 'en' },
    { name: 'dewiki', language: 'de' },
    { name: 'dewikinews', language: 'de' },
    { name: 'enwikinews', language: 'en' },
  ];
  expect(plain(wikis)).toEqual({
    wiki: { en: 'wiki', de: 'dewiki' },
    wikinews: { de: 'dewikinews', en: 'enwikinews' },
  });
});

it('prefers the wiki that is named by its language, and guesses no more than that', () => {
  const site = 'wikipedia';
  const simple = { name: 'simplewiki', language: 'en', site };
  expect(plain([{ name: 'enwiki', language: 'en', site }, simple])).toEqual({ wikipedia: { en: 'enwiki' } });
  expect(plain([{ name: 'testwiki', language: 'en', site }, simple])).toEqual({ wikipedia: {} });
});
