// needs: docker, the world
/** `mwpipe wiki add` on a deployed demo: one wiki becomes two, no image is built, and a kill in the middle is gone on from. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deployWorld, type DeployWorld } from '../worlds/docker/deploy-world.ts';

let world: DeployWorld;
beforeAll(async () => {
  world = await deployWorld({ database: 'mariadb' });
  expect(await world.mwpipe('deploy')).toMatchObject({ code: 0 });
}, 1_200_000);
afterAll(() => world[Symbol.asyncDispose]());

interface General {
  readonly wikiid: string;
  readonly lang: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function get(host: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, world.url), { headers: { Host: host }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    sent.on('error', reject).end();
  });
}

async function siteinfo(host: string): Promise<{ readonly status: number; readonly general?: General }> {
  const { status, text } = await get(host, '/api.php?action=query&meta=siteinfo&format=json');
  return status === 200
    ? { status, general: (JSON.parse(text) as { query: { general: General } }).query.general }
    : { status };
}

/** Where the links of this wikitext lead, as the wiki at this host says. */
async function linksOf(host: string, wikitext: string): Promise<unknown> {
  const query = 'action=parse&contentmodel=wikitext&prop=links|langlinks|iwlinks&format=json&formatversion=2';
  const { text } = await get(host, `/api.php?${query}&text=${encodeURIComponent(wikitext)}`);
  const { parse } = JSON.parse(text) as {
    parse: Record<'links' | 'langlinks' | 'iwlinks', { url?: string; title: string }[]>;
  };
  const urls = (kind: 'langlinks' | 'iwlinks') => parse[kind].map(({ url }) => url);
  return { local: parse.links.map(({ title }) => title).sort(), languages: urls('langlinks'), inline: urls('iwlinks') };
}

it('plans without touching anything', async () => {
  const { code, stdout, stderr } = await world.mwpipe('wiki', 'add', 'dewiki', '--lang', 'de', '--dry-run');
  expect([code, stderr + stdout]).toEqual([0, expect.stringContaining('dewiki.localhost') as string]);
  await expect(readFile(join(world.workspace, 'config-overlays/demo/wikis.yaml'))).rejects.toThrow('ENOENT');
});

it('goes on from a kill: the new wiki answers by its host, in its language, and the old one still does', async () => {
  const image = (await world.status()).slots.find(({ role }) => role === 'live')?.release?.image;
  await world.killedAt('wiki/made', ['wiki', 'add', 'dewiki', '--lang', 'de']);
  expect((await siteinfo('dewiki.localhost')).general?.wikiid).not.toBe('dewiki');
  const added = await world.mwpipe('wiki', 'add', 'dewiki', '--lang', 'de');
  expect(added.stderr + added.stdout).toContain('dewiki answers at');
  expect(await siteinfo('dewiki.localhost')).toMatchObject({ status: 200, general: { wikiid: 'dewiki', lang: 'de' } });
  expect(await siteinfo('localhost')).toMatchObject({ status: 200, general: { wikiid: 'wiki', lang: 'en' } });
  expect((await siteinfo('nobody.localhost')).status).toBe(404);
  expect((await world.status()).slots.find(({ role }) => role === 'live')?.release?.image).toBe(image);
});

it('is done already when it is asked again, and all wikis are checked by their hosts', async () => {
  expect(await world.mwpipe('wiki', 'add', 'dewiki', '--lang', 'de')).toMatchObject({ code: 0 });
  expect(await world.result('wiki', 'check')).toMatchObject({ exit: 0, value: [{ wiki: 'dewiki' }, { wiki: 'wiki' }] });
  const { stdout } = await world.mwpipe('wiki', 'list');
  expect(stdout).toContain('dewiki.localhost');
});

it('links the wikis to one another by language, both ways, with nothing written to the database of the first', async () => {
  const [en, de] = ['localhost', 'dewiki.localhost'].map((host) => `http://${host}:${new URL(world.url).port}/wiki`);
  const wikitext = '[[en:Foo]] [[:en:Bar]] [[de:Baz]] [[:de:Qux]] [[mw:Help]]';
  const other = expect.stringContaining('mediawiki.org') as string;
  expect(await linksOf('dewiki.localhost', wikitext)).toEqual({
    local: ['Baz', 'Qux'],
    languages: [`${en}/Foo`],
    inline: [`${en}/Bar`, other],
  });
  expect(await linksOf('localhost', wikitext)).toEqual({
    local: ['Bar', 'Foo'],
    languages: [`${de}/Baz`],
    inline: [`${de}/Qux`, other],
  });
  const map = await get('localhost', '/api.php?action=query&meta=siteinfo&siprop=interwikimap&format=json');
  expect(map.text).toContain(`${de}/$1`);
  const rows = await world.docker.getContainer(`mwpipe-${world.target}-database`).exec({
    Cmd: ['mariadb', '-N', '-e', "SELECT COUNT(*) FROM wiki.interwiki WHERE iw_prefix IN ('de', 'en')"],
    AttachStdout: true,
  });
  expect(String((await (await rows.start({})).toArray()).at(-1)).trim()).toMatch(/0$/);
  expect((await get('dewiki.localhost', '/index.php?title=en:Main_Page')).status).toBe(301);
});

it('is there after a deploy too: a release updates the tables of every wiki of its farm', async () => {
  // A rollout that nobody asks anything is held: there is nothing to judge it by.
  const users = setInterval(() => void siteinfo('localhost').catch(() => undefined), 150);
  const { code, stderr } = await world.mwpipe('deploy', '--instances', '2');
  clearInterval(users);
  expect(code, stderr).toBe(0);
  expect(await siteinfo('dewiki.localhost')).toMatchObject({ status: 200, general: { wikiid: 'dewiki' } });
  expect(await siteinfo('localhost')).toMatchObject({ status: 200, general: { wikiid: 'wiki' } });
});
