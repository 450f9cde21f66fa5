/** Gerrit's answers as they are documented, and everything else that a server may answer. */
import nock from 'nock';
import { afterEach, beforeAll, afterAll, expect, it } from 'vitest';
import { openReviews } from '../../../../src/adapters/gerrit/index.ts';
import type { RunContext } from '../../../../src/kernel/run-context.ts';

const gerrit = 'https://gerrit.example/r';
const CURRENT = '/r/changes/97?o=CURRENT_REVISION&o=CURRENT_COMMIT';
const commit = '184ebe53805e102605d11f6b143486d15c23a09c';

/** rest-api-changes, "Query Changes": ChangeInfo with CURRENT_REVISION and CURRENT_COMMIT. */
const documented = {
  id: 'gerrit~master~I7ea46d2e2ee5c64c0d807677859cfb7d90b8966a',
  project: 'gerrit',
  branch: 'master',
  change_id: 'I7ea46d2e2ee5c64c0d807677859cfb7d90b8966a',
  subject: 'Use an EventBus to manage star icons',
  status: 'NEW',
  created: '2012-04-25 00:52:25.580000000',
  updated: '2012-04-25 00:52:25.586000000',
  mergeable: true,
  insertions: 16,
  deletions: 7,
  _number: 97,
  owner: { name: 'Shawn Pearce' },
  current_revision: commit,
  revisions: {
    [commit]: {
      kind: 'REWORK',
      _number: 1,
      ref: 'refs/changes/97/97/1',
      fetch: { git: { url: 'git://localhost/gerrit', ref: 'refs/changes/97/97/1' } },
      commit: {
        parents: [{ commit: '1eee2c9d8f352483781e772f35dc586a69ff5646', subject: 'Migrate contributor agreements' }],
        author: { name: 'Shawn O. Pearce', email: 'sop@google.com', date: '2012-04-24 18:08:08.000000000', tz: -420 },
        committer: {
          name: 'Shawn O. Pearce',
          email: 'sop@google.com',
          date: '2012-04-24 18:08:08.000000000',
          tz: -420,
        },
        subject: 'Use an EventBus to manage star icons',
        message: 'Use an EventBus to manage star icons\n\nImage widgets that need to ...',
      },
    },
  },
};

const slept: number[] = [];
const context: RunContext<never> = {
  signal: new AbortController().signal,
  emit: () => undefined,
  clock: { now: () => Date.parse('2026-11-24T10:00:00Z'), sleep: (ms) => Promise.resolve(void slept.push(ms)) },
};
const reviews = openReviews({ mirrors: [], limits: { timeoutMs: 200, bytes: 5000 } });
const answer = (body: string | object): string => (typeof body === 'string' ? body : `)]}'\n${JSON.stringify(body)}`);
const change97 = () => reviews.change({ gerrit, number: 97 }, context);

beforeAll(() => nock.disableNetConnect());
afterEach(() => {
  slept.length = 0;
  nock.cleanAll();
});
afterAll(() => nock.restore());

it('reads a change as Gerrit documents it', async () => {
  nock('https://gerrit.example').get(CURRENT).reply(200, answer(documented));
  expect(await change97()).toEqual({
    ok: true,
    value: {
      number: 97,
      id: 'I7ea46d2e2ee5c64c0d807677859cfb7d90b8966a',
      project: 'gerrit',
      branch: 'master',
      status: 'NEW',
      patchset: 1,
      newest: 1,
      commit,
      ref: 'refs/changes/97/97/1',
      subject: 'Use an EventBus to manage star icons',
      message: 'Use an EventBus to manage star icons\n\nImage widgets that need to ...',
      parents: ['1eee2c9d8f352483781e772f35dc586a69ff5646'],
      mergeable: true,
    },
  });
});

it('reads a relation chain as Gerrit documents it, without commits that are no change', async () => {
  const [above, below, base] = [
    '78847477532e386f5a2185a4e8c90b2509e354e3',
    'b1cb4caa6be46d12b94c25aa68aebabcbb3f53fe',
    'bb499510bbcdbc9164d96b0dbabb4aa45f59a87e',
  ];
  const person = {
    name: 'David Ostrovsky',
    email: 'david@ostrovsky.org',
    date: '2014-07-12 15:04:24.000000000',
    tz: 120,
  };
  const link = (id: string, parent: string, numbers: object) => ({
    project: 'gerrit',
    change_id: 'Ic62ae3103fca2214904dbf2faf4c861b5f0ae9b5',
    commit: { commit: id, parents: [{ commit: parent }], author: person, subject: 'Remove obsolete EventBus' },
    ...numbers,
  });
  const changes = [
    link(above, below, { _change_number: 58478, _revision_number: 2, _current_revision_number: 2, status: 'NEW' }),
    link(below, base, { _change_number: 58081, _revision_number: 10, _current_revision_number: 10, status: 'NEW' }),
    link(base, commit, {}),
  ];
  nock('https://gerrit.example')
    .get(`/r/changes/plugins%2Freplication~58478/revisions/${above}/related`)
    .reply(200, answer({ changes }));
  const place = { gerrit, number: 58478, project: 'plugins/replication', commit: above };
  expect(await reviews.chain(place, context)).toEqual({
    ok: true,
    value: [
      { number: 58478, patchset: 2, commit: above, parents: [below] },
      { number: 58081, patchset: 10, commit: below, parents: [base] },
    ],
  });
});

it('finds changes by Change-Id, and those only', async () => {
  const longer = { ...documented, _number: 98, change_id: 'I7ea46d2e2ee5c64c0d807677859cfb7d90b8966b' };
  nock('https://gerrit.example')
    .get(`/r/changes/?q=change%3A${documented.change_id}&n=100&o=CURRENT_REVISION&o=CURRENT_COMMIT`)
    .reply(200, answer([longer, documented]));
  const found = await reviews.withId({ gerrit, id: documented.change_id }, context);
  expect(found.ok && found.value.map(({ number }) => number)).toEqual([97]);
});

it('asks the mirror that serves the canonical url', async () => {
  const mirrored = openReviews({
    mirrors: [{ from: 'https://gerrit.example/r/', to: 'https://mirror.example/gerrit/' }],
  });
  nock('https://mirror.example').get(CURRENT.replace('/r/', '/gerrit/')).reply(200, answer(documented));
  expect(await mirrored.change({ gerrit, number: 97 }, context)).toMatchObject({ ok: true });
  const folder = openReviews({ mirrors: [{ from: 'https://gerrit.example/r/', to: 'file:///srv/git/' }] });
  const none = await folder.change({ gerrit, number: 97 }, context);
  expect(none).toMatchObject({ ok: false, diagnostics: [{ code: 'gerrit/no-rest' }] });
});

const wrong: readonly (readonly [string, number, string | object, Record<string, string>, object])[] = [
  [
    'no such change',
    404,
    'Not found: 97',
    {},
    { code: 'gerrit/no-such-change', message: `there is no change 97 at ${gerrit}` },
  ],
  ['a login', 401, 'Authentication required', {}, { code: 'gerrit/needs-login' }],
  ['a closed door', 403, 'Forbidden', {}, { code: 'gerrit/needs-login' }],
  [
    'a fault of the server',
    500,
    'Internal server error',
    {},
    { code: 'gerrit/failed', message: `${gerrit} answers 500: "Internal server error"` },
  ],
  [
    'another place',
    302,
    '',
    { location: 'https://login.example/' },
    { code: 'gerrit/redirected', message: `${gerrit} sends us to "https://login.example/"` },
  ],
  [
    'a page',
    200,
    '<html>\u001b[2J',
    {},
    { code: 'gerrit/not-json', message: `${gerrit} doesn't answer as Gerrit does: "<html>\\u001b[2J"` },
  ],
  ['a cut answer', 200, `)]}'\n{"id":`, {}, { code: 'gerrit/not-json' }],
  ['other JSON', 200, { message: 'hi' }, {}, { code: 'gerrit/unexpected' }],
  ['a name that a terminal obeys', 200, { ...documented, branch: 'master\u009b2J' }, {}, { code: 'gerrit/unexpected' }],
  ['a ref that is an option', 200, withRef('--upload-pack=touch /tmp/x'), {}, { code: 'gerrit/unexpected' }],
  ['more than it may', 200, answer({ ...documented, subject: 'x'.repeat(6000) }), {}, { code: 'gerrit/too-large' }],
];

function withRef(ref: string): object {
  return { ...documented, revisions: { [commit]: { ...documented.revisions[commit], ref } } };
}

it.each(wrong)('says so where the answer is %s', async (...row) => {
  const [, status, body, headers, expected] = row;
  nock('https://gerrit.example').get(CURRENT).reply(status, answer(body), headers);
  expect(await change97()).toMatchObject({ ok: false, diagnostics: [expected] });
});

it('waits as long as the server asks, and tries again', async () => {
  nock('https://gerrit.example').get(CURRENT).reply(429, '', { 'retry-after': '7' });
  nock('https://gerrit.example').get(CURRENT).reply(503, '', { 'retry-after': 'Tue, 24 Nov 2026 10:00:05 GMT' });
  nock('https://gerrit.example').get(CURRENT).reply(503);
  nock('https://gerrit.example').get(CURRENT).reply(200, answer(documented));
  expect(await change97()).toMatchObject({ ok: true });
  expect(slept).toEqual([7000, 5000, 4000]);
});

it('does not wait for ever', async () => {
  nock('https://gerrit.example').get(CURRENT).reply(429, '', { 'retry-after': '3600' });
  expect(await change97()).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'gerrit/rate-limited', hint: 'try again in 3600 seconds' }],
  });
  nock('https://gerrit.example').get(CURRENT).times(4).reply(502);
  expect(await change97()).toMatchObject({ ok: false, diagnostics: [{ code: 'gerrit/failed' }] });
  expect(slept).toEqual([1000, 2000, 4000]);
});
