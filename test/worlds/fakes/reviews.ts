/** Reviews in memory, with commits that nobody has: for those who ask for changes and apply none. */
import { createHash } from 'node:crypto';
import { fail, ok } from '../../../src/kernel/outcome.ts';
import type { Change, Reviews } from '../../../src/resolve/ports.ts';
import {
  changeIdOf,
  messageOf,
  refOf,
  subjectOf,
  withoutRepo,
  type ChangeOptions,
  type MadeChange,
  type ReviewWorld,
} from '../review-changes.ts';

export interface FakeReviews extends ReviewWorld, AsyncDisposable {
  readonly reviews: Reviews;
}

const GERRIT = 'https://gerrit.fake.example/r';
const FIRST = 1001;

export function fakeReviews(): FakeReviews {
  const made: MadeChange[] = [];
  const add = (start: Pick<MadeChange, 'number' | 'repo' | 'patchset' | 'id'>, options: ChangeOptions): MadeChange => {
    const change = patchsetOf(start, options);
    made.push(change);
    return change;
  };
  const patchsets = (number: number): MadeChange[] => made.filter((one) => one.number === number);
  const current = (): MadeChange[] => made.filter((one) => one.patchset === patchsets(one.number).length);
  const publicly = (change: MadeChange): Change => withoutRepo({ ...change, newest: patchsets(change.number).length });
  return {
    gerrit: GERRIT,
    change: (repo, options = {}) => {
      const number = FIRST + new Set(made.map((one) => one.number)).size;
      return Promise.resolve(add({ number, repo, patchset: 1, id: options.id ?? changeIdOf(number) }, options));
    },
    amend: (change, options) =>
      Promise.resolve(add({ ...change, patchset: change.newest + 1 }, { branch: change.branch, ...options })),
    reviews: {
      change: ({ number, patchset }) => {
        const known = patchsets(number);
        const found = known.find((one) => one.patchset === (patchset ?? known.length));
        const code = known.length === 0 ? 'gerrit/no-such-change' : 'gerrit/no-such-patchset';
        return Promise.resolve(found === undefined ? fail({ code, message: `${number}` }) : ok(publicly(found)));
      },
      withId: ({ id }) =>
        Promise.resolve(
          ok(
            current()
              .filter((one) => one.id === id)
              .reverse()
              .map(publicly),
          ),
        ),
      chain: ({ commit, number }) =>
        Promise.resolve(
          patchsets(number).length === 0
            ? fail({ code: 'gerrit/no-such-change', message: `${number}` })
            : ok(connected(commit, made)),
        ),
      includedIn: ({ number }) =>
        Promise.resolve(
          ok({
            branches: patchsets(number)
              .slice(-1)
              .map(({ branch }) => branch),
            tags: [],
          }),
        ),
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function patchsetOf(
  start: Pick<MadeChange, 'number' | 'repo' | 'patchset' | 'id'>,
  options: ChangeOptions,
): MadeChange {
  const { number, repo, patchset, id } = start;
  const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');
  const { branch = 'master', status = 'NEW', visibility } = options;
  return {
    ...{ number, repo, patchset, id, branch, status, newest: patchset, project: `mediawiki/${repo}` },
    commit: sha1(`${number}/${patchset}`),
    ref: refOf(number, patchset),
    subject: subjectOf(number, options),
    message: messageOf(number, id, options),
    parents: [options.parent?.commit ?? sha1(`tip of ${branch}`)],
    ...(visibility === undefined ? {} : { visibility }),
  };
}

function connected(commit: string, made: readonly MadeChange[]) {
  const group = new Set([commit]);
  for (let size = 0; size !== group.size;) {
    size = group.size;
    for (const {
      parents: [parent = ''],
      commit: own,
    } of made) {
      if (!made.some((other) => other.commit === parent)) continue;
      if (group.has(parent) || group.has(own)) group.add(parent).add(own);
    }
  }
  const listed = made.filter((one) => group.has(one.commit));
  return listed.length < 2
    ? []
    : listed.reverse().map(({ number, patchset, commit: id, parents }) => ({ number, patchset, commit: id, parents }));
}
