// needs: docker, the world
/** `mwpipe wiki add`, killed at each of its steps and interrupted: the same command ends with a wiki that answers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfigStatus, PastAct } from '../../src/config/index.ts';
import { deployWorld, type DeployWorld } from '../worlds/docker/deploy-world.ts';

let world: DeployWorld;
beforeAll(async () => {
  world = await deployWorld({ database: 'mariadb' });
  expect(await world.mwpipe('deploy')).toMatchObject({ code: 0 });
}, 1_200_000);
afterAll(() => world[Symbol.asyncDispose]());

const ADD = ['wiki', 'add', 'dewiki', '--lang', 'de'];
const checks = async () => (await world.result('wiki', 'check')) as { exit: number; value: { wiki: string }[] };
const unfinished = async () => ((await world.result('config', 'status')).value as ConfigStatus).unfinished;
const wikisYaml = () => readFile(join(world.workspace, 'config-overlays/demo/wikis.yaml'), 'utf8').catch(() => '');
const leftovers = () => {
  const label = [`mwpipe.target=${world.target}`, 'mwpipe.role=run'];
  return world.docker.listContainers({ all: true, filters: { label } });
};

it('puts its lines away on Ctrl-C, when the installer has ended', async () => {
  const { code, stderr } = await world.signalledWhile('install.php dewiki', ADD, 'SIGINT');
  expect([code, await wikisYaml(), await leftovers()]).toEqual([130, '', []]);
  expect(stderr).toMatch(/Put back .*wikis\.yaml: as before/);
  expect(await unfinished()).toBeUndefined();
});

it('goes on from a kill at each step, further each time, and waits for the installer that a kill left running', async () => {
  const wiki = ['wiki', 'add', 'frwiki', '--lang', 'fr'];
  await world.killedAt('wiki/planned', wiki);
  expect(await wikisYaml()).toBe('');
  for (const event of ['wiki/written', 'wiki/making']) {
    await world.killedAt(event, wiki);
    expect(await wikisYaml()).toContain('frwiki');
  }
  for (const work of ['install.php frwiki', 'update.php frwiki']) {
    await world.signalledWhile(work, wiki, 'SIGKILL');
    expect((await leftovers()).length, work).toBeGreaterThan(0);
    expect(await unfinished()).toMatchObject({ wiki: 'frwiki', phase: 'intent' });
  }
  for (const event of ['wiki/made', 'config/pointed', 'config/confirmed']) await world.killedAt(event, wiki);
  const added = await world.mwpipe(...wiki);
  expect([added.code, added.stdout]).toEqual([0, expect.stringContaining('frwiki answers at') as string]);
  expect(await leftovers()).toEqual([]);
  expect(await unfinished()).toBeUndefined();
  expect(await checks()).toMatchObject({ exit: 0, value: [{ wiki: 'frwiki' }, { wiki: 'wiki' }] });
  const history = (await world.result('config', 'history')).value as PastAct[];
  expect(history[0]).toMatchObject({
    act: 'wiki/add',
    wiki: 'frwiki',
    phase: 'done',
    who: expect.any(String) as string,
  });
}, 1_500_000);

it('takes the database of an attempt that was stopped', async () => {
  expect(await world.mwpipe(...ADD)).toMatchObject({ code: 0 });
  expect((await checks()).value.map(({ wiki }) => wiki)).toEqual(['dewiki', 'frwiki', 'wiki']);
});

it('says what to do about a database that holds half of an installation, and leaves it alone', async () => {
  const sql = 'CREATE DATABASE itwiki; CREATE TABLE itwiki.archive (ar_id INT)';
  const made = await world.docker
    .getContainer(`mwpipe-${world.target}-database`)
    .exec({ Cmd: ['mariadb', '-e', sql], AttachStdout: true });
  await (await made.start({})).toArray();
  const before = await wikisYaml();
  const { code, stderr } = await world.mwpipe('wiki', 'add', 'itwiki', '--lang', 'it');
  expect([code, await wikisYaml()]).toEqual([3, before]);
  expect(stderr).toContain('the database itwiki has a part of its tables');
});
