import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changelogCommits } from '../../../../src/resolve/lock/changelog-commits.ts';
import type { HistoryCommit, HistorySide } from '../../../../src/resolve/ports.ts';

const commit = (subject: string, more: Partial<HistoryCommit> = {}): HistoryCommit => ({
  ...{ id: 'a'.repeat(40), subject, author: 'A Developer', authoredAt: 0, bugs: [] },
  ...more,
});
const side = (...commits: readonly HistoryCommit[]): HistorySide => ({ commits, count: commits.length });
const bot = commit('Localisation updates from https://translatewiki.net.', { author: 'Translation updater bot' });

it("folds the localisation bot's into one number, and cuts what is more than asked for", () => {
  const added = side(bot, commit('one'), bot, commit('two'), commit('three'), bot);
  const { commits, ...counts } = changelogCommits({ added, removed: side() }, 2).added;
  expect(commits.map(({ subject }) => subject)).toEqual(['one', 'two']);
  expect(counts).toEqual({ count: 6, localisation: 3, more: 1 });
});

it('counts those that git did not even print', () => {
  const added = { commits: [commit('one'), bot], count: 7000 };
  expect(changelogCommits({ added, removed: side() }, 20).added).toMatchObject({ localisation: 1, more: 6998 });
});

it('a backport is no loss: the new one has the change under another commit', () => {
  const changeId = `I${'1'.repeat(40)}`;
  const lost = commit('only there', { changeId: `I${'2'.repeat(40)}` });
  const sides = {
    added: side(commit('fix', { changeId })),
    removed: side(commit('fix', { changeId }), lost, commit('no id')),
  };
  const { added, removed } = changelogCommits(sides, 20);
  expect(added.commits[0]?.backported).toBe(true);
  expect(removed).toMatchObject({ count: 2, more: 0, commits: [{ subject: 'only there' }, { subject: 'no id' }] });
});

it.each([
  ['\u001B[31mred\u001B[0m', 'red'],
  ['\u001B]0;title\u0007after', 'after'],
  ['\u001B]8;;https://evil.example\u001B\\link', 'link'],
  ['a\rb\bc\u009B2Jd', 'abc2Jd'],
  ['safe \u202Eesrever\u202C', 'safe esrever'],
  ['Über 日本語 – fine', 'Über 日本語 – fine'],
])('leaves out of a subject what a terminal would obey: %j', (subject, shown) => {
  const added = side(commit(subject, { author: subject }));
  expect(changelogCommits({ added, removed: side() }, 1).added.commits[0]).toMatchObject({
    subject: shown,
    author: shown,
  });
});

it('whatever people write, no control character is left, and every commit is told or counted', () => {
  const commits = fc.array(fc.string({ unit: 'binary' }).map((subject) => commit(subject)));
  fc.assert(
    fc.property(commits, fc.nat(5), (all, most) => {
      const {
        commits: told,
        count,
        localisation,
        more,
      } = changelogCommits({ added: side(...all), removed: side() }, most).added;
      expect(told.length + localisation + more).toBe(count);
      for (const { subject } of told) expect(subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
  );
});
