/** npm's bulk advisory endpoint as it is documented, and the registries that don't have it. */
import nock from 'nock';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { npmAdvisories } from '../../../../src/adapters/npm/advisories.ts';

const REGISTRY = 'https://registry.example/npm';
const PATH = '/npm/-/npm/v1/security/advisories/bulk';
const packages = { lodash: ['4.17.4'], 'left-pad': ['1.3.0'] };

/** As registry.npmjs.org answers for lodash 4.17.4, shortened. */
const documented = {
  lodash: [
    {
      id: 1106913,
      url: 'https://github.com/advisories/GHSA-35jh-r3h4-6jhm',
      title: 'Command Injection in lodash',
      severity: 'high',
      vulnerable_versions: '<4.17.21',
      cwe: ['CWE-77', 'CWE-94'],
      cvss: { score: 7.2, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H' },
    },
  ],
};

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

const ask = (signal = new AbortController().signal) =>
  npmAdvisories(() => Promise.resolve(REGISTRY)).about(packages, { signal });

it('sends names and versions, and reads what is known of them', async () => {
  nock('https://registry.example').post(PATH, packages).reply(200, documented);
  expect(await ask()).toEqual({
    answered: true,
    advisories: [
      {
        package: 'lodash',
        severity: 'high',
        title: 'Command Injection in lodash',
        url: 'https://github.com/advisories/GHSA-35jh-r3h4-6jhm',
        versions: '<4.17.21',
      },
    ],
  });
});

it('nothing known is an answer', async () => {
  nock('https://registry.example').post(PATH).reply(200, {});
  expect(await ask()).toEqual({ answered: true, advisories: [] });
});

it.each([405, 404, 500, 401])('a registry that says %i has not answered', async (status) => {
  nock('https://registry.example').post(PATH).reply(status, 'Method Not Allowed');
  expect(await ask()).toEqual({ answered: false, because: `registry.example says ${status}` });
});

it.each([
  ['no JSON', '<html>'],
  ['an unknown severity', JSON.stringify({ lodash: [{ ...documented.lodash[0], severity: 'odd' }] })],
  ['a list', '[]'],
])('%s is no answer', async (_name, body) => {
  nock('https://registry.example').post(PATH).reply(200, body);
  expect(await ask()).toMatchObject({ answered: false, because: expect.stringContaining('does not know') as unknown });
});

it('a registry that is gone is no answer, and an interrupt is one of ours', async () => {
  nock('https://registry.example').post(PATH).replyWithError('getaddrinfo ENOTFOUND');
  expect(await ask()).toMatchObject({
    answered: false,
    because: expect.stringContaining('does not answer') as unknown,
  });
  await expect(ask(AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
});
