import { describe, expect, it } from 'vitest';
import { checkRelease } from '../../../src/deploy/check-release.ts';
import type { Page, Wiki } from '../../../src/deploy/ports.ts';
import { ok } from '../../../src/kernel/outcome.ts';
import { testContext } from '../../worlds/context.ts';
import { fakeClock } from '../../worlds/fakes/clock.ts';

const release = { release: 7, slot: 'green', bundle: 'b7', mediawiki: '1.43.9', instances: 2 };
const good: Page = {
  status: 200,
  headers: { 'x-mwpipe-release': '7', 'x-mwpipe-slot': 'green', 'x-mwpipe-bundle': 'b7' },
  body: '{"generator":"MediaWiki 1.43.9"} mw.loader </html>',
  ms: 12,
};

/** Answers the same to everybody, or what `answer` says for a path. */
const wiki = (answer: (path: string, asked: number) => Page): Wiki & { readonly asked: string[] } => {
  const asked: string[] = [];
  return {
    url: 'http://127.0.0.1:1',
    asked,
    get: (path) => {
      asked.push(path);
      return Promise.resolve(ok(answer(path, asked.length)));
    },
    at: () => wiki(answer),
    ask: ({ path }) => Promise.resolve(ok(answer(path, asked.length))),
  };
};
const check = (target: Wiki) => checkRelease(release, target, { ...testContext(), clock: fakeClock() });

describe('checkRelease', () => {
  it('asks every check once for each instance', async () => {
    const target = wiki(() => good);
    expect(await check(target)).toEqual({ ok: true, value: undefined });
    expect(target.asked.filter((path) => path.includes('Mainpage'))).toHaveLength(2);
  });

  it.each([
    [
      'an error',
      { ...good, status: 500, body: '<h1>Internal error</h1>' },
      /a page on green: answered 500: "Internal error"/,
    ],
    [
      'another release',
      { ...good, headers: { ...good.headers, 'x-mwpipe-release': '6' } },
      /x-mwpipe-release is "6", not "7"/,
    ],
    [
      'another bundle',
      { ...good, headers: { ...good.headers, 'x-mwpipe-bundle': 'b6' } },
      /x-mwpipe-bundle is "b6", not "b7"/,
    ],
    ['half a page', { ...good, body: '<html>' }, /"<\/html>" is not in the answer/],
  ])('finds %s', async (_what, page, said) => {
    const outcome = await check(wiki((path) => (path.includes('Mainpage') ? page : good)));
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'deploy/check-failed', exit: 'failed' }] });
    expect(outcome.ok ? '' : outcome.diagnostics[0].message).toMatch(said);
  });

  it('waits until the router has found the new instances, and not for ever', async () => {
    const routers: Page = { status: 503, headers: {}, body: '', ms: 1 };
    expect(await check(wiki((_path, asked) => (asked < 5 ? routers : good)))).toMatchObject({ ok: true });
    expect(await check(wiki(() => routers))).toMatchObject({ ok: false, diagnostics: [{ exit: 'failed' }] });
  });
});
