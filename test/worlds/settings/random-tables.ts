/** Random settings tables: all that SiteConfiguration tells apart, with keys and values that meet often. */
import fc from 'fast-check';
import type { Farm, Wiki } from '../../../src/config/index.ts';
import type { PhpMap, PhpValue } from '../../../src/config/settings/php-value.ts';

export interface RandomTable {
  readonly settings: ReadonlyMap<string, PhpMap>;
  readonly farm: Farm;
}

const WIKIS = ['dewiki', 'enwiki', 'frwiktionary'];
const TAGS = ['wikipedia', 'closed', 'group1', 'small', 'de', 'en', 'all'];
const at = { file: '/wikis.yaml', line: 1, column: 1, length: 1 };

const key = fc.constantFrom(
  'a',
  'b',
  'user',
  '0',
  '1',
  '2',
  '7',
  '-1',

  '1.5',
  ' 1',
  '1e1',
  '01',
  '',
  '__proto__',
);
const scalar = fc.oneof(
  fc.constantFrom<PhpValue>(null, true, false, 0, 1, -3, 0.5, '', 'x', 'y'),
  fc.constantFrom<PhpValue>('$lang', 'to $lang.$site', '$language', '$nothing', '$'),
);
const { value, array } = fc.letrec<{ value: PhpValue; array: PhpValue; list: PhpValue; map: PhpValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, tie('list'), tie('map')),
  array: fc.oneof(tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  map: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((pairs): PhpValue => new Map(pairs)),
}));

/** Of one setting; what has a plus is an array, as everything else is refused when it is read. */
const entries = fc
  .uniqueArray(fc.constantFrom('default', ...WIKIS, ...TAGS, ...[...WIKIS, ...TAGS].map((name) => `+${name}`)), {
    maxLength: 6,
  })
  .chain((keys) => fc.tuple(...keys.map((name) => fc.tuple(fc.constant(name), name.startsWith('+') ? array : value))))
  .map((pairs): PhpMap => new Map(pairs));

const farm = fc
  .tuple(...WIKIS.map(() => fc.tuple(fc.subarray(TAGS.slice(0, 4)), fc.constantFrom('de', 'en'), fc.boolean())))
  .map((rows): Farm => {
    const wikis = rows.map(([tags, language, hasSite], index): [string, Wiki] => {
      const name = WIKIS[index] ?? '';
      const site = hasSite ? { site: 'wikipedia' } : {};
      const all = [...new Set([...tags, language, ...Object.values(site), 'all'])];
      return [name, { name, hosts: [`${name}.example`], language, ...site, tags: all, at }];
    });
    return { wikis: new Map(wikis), lists: new Map() };
  });

export const randomTable: fc.Arbitrary<RandomTable> = fc.record({
  settings: fc
    .array(entries, { minLength: 1, maxLength: 6 })
    .map((all) => new Map(all.map((one, index) => [`wg${'ABCDEF'.charAt(index)}`, one]))),
  farm,
});
