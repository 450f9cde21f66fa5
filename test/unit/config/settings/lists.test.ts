/** Lists as sets: what an expression means, whatever the lists. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateLists, type ListFile } from '../../../../src/config/settings/lists.ts';

const wikis = ['aawiki', 'dewiki', 'enwiki', 'frwiki', 'zhwiki'];
const file = (name: string, kind: ListFile['kind'], text: string): ListFile => ({
  name,
  kind,
  text,
  source: `/${name}`,
});
const all = new Map([['all', wikis]]);

it('means what it says, from left to right', () => {
  const sets = fc.tuple(fc.subarray(wikis), fc.subarray(wikis), fc.subarray(wikis));
  const operators = fc.tuple(fc.constantFrom('+', '-', '&'), fc.constantFrom('+', '-', '&'));
  fc.assert(
    fc.property(sets, operators, ([a, b, c], [first, second]) => {
      const files = [file('x', 'dbexpr', `%% a.dblist ${first} b ${second} c.dblist\n`)];
      for (const [name, members] of Object.entries({ a, b, c })) files.push(file(name, 'dblist', members.join('\n')));
      const { lists, wrong } = evaluateLists(files, all, wikis);
      expect(wrong).toEqual([]);
      expect(lists.get('x')).toEqual([...applied(applied(new Set(a), first, b), second, c)].sort());
    }),
  );
});

function applied(left: ReadonlySet<string>, operator: string, right: readonly string[]): Set<string> {
  if (operator === '+') return new Set([...left, ...right]);
  return new Set([...left].filter((wiki) => right.includes(wiki) === (operator === '&')));
}

it('ends for any text, and points into it', () => {
  const text = fc.string({
    unit: fc.constantFrom('%', ' ', '+', '-', '&', '#', '\n', 'all', 'x', 'y', '.dblist', '\t', '\r'),
  });
  fc.assert(
    fc.property(text, text, (one, two) => {
      const files = [file('x', 'dbexpr', one), file('y', 'dbexpr', two)];
      for (const { at } of evaluateLists(files, all, wikis).wrong) {
        const line = (at?.file === '/x' ? one : two).split('\n')[(at?.line ?? 0) - 1] ?? '';
        expect((at?.column ?? 0) + (at?.length ?? 0) - 1).toBeLessThanOrEqual(Math.max(1, line.length));
      }
    }),
  );
});
