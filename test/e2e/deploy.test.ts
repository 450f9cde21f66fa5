// needs: docker, the world
/** `mwpipe deploy` on real MediaWiki: a release shifts in and a broken one shifts back, and no request is lost. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/adapters/docker/exec.ts';
import { testContext } from '../worlds/context.ts';
import { deployWorld, type DeployWorld } from '../worlds/docker/deploy-world.ts';
import { breakPageViews, changeCiteClass } from '../worlds/patches/index.ts';
import { lostOf } from '../worlds/traffic/report.ts';
import { startTraffic } from '../worlds/traffic/traffic.ts';

const RATE = Number(process.env['MWPIPE_TEST_RATE'] ?? 10);
/** Of 80 requests a release that fails on one page in five answers none wrongly once in 25 times. */
const CAREFUL = '{ steps: [25, 50, 100], observe: { least: 3, most: 240 }, requests: 80 }';

describe('a second release', () => {
  let world: DeployWorld;
  beforeAll(async () => {
    world = await deployWorld({ database: 'mariadb', rollout: CAREFUL });
    expect(await world.result('deploy')).toMatchObject({ exit: 0, value: { outcome: 'live', release: 1 } });
  }, 1_200_000);
  afterAll(() => world[Symbol.asyncDispose]());

  /** Runs a deploy under load, and gives both sides' account of it. */
  const underLoad = async (...argv: readonly string[]) => {
    const traffic = await startTraffic({ url: world.url, ratePerSecond: RATE, editor: await world.editor() });
    const result = await world.result('deploy', ...argv);
    await delay(3000);
    return { result, report: await traffic.stop() };
  };

  it('shifts in without losing a request or an edit', async () => {
    const cite = await world.checkout('extensions/Cite');
    await changeCiteClass(cite);
    const { result, report } = await underLoad('--with', `Cite=${cite}`);
    expect(result).toMatchObject({ exit: 0, value: { outcome: 'live', release: 2, slot: 'green' } });
    expect(report.answers['2']?.['200']).toBeGreaterThan(0);
    expect(lostOf(report), JSON.stringify(report)).toBe(0);
    expect(report.edits.missing).toBe(0);
    expect(report.edits.acknowledged).toBeGreaterThan(0);
  });

  it('that throws on one page in five shifts back by itself, though its health check is green', async () => {
    const poem = await world.checkout('extensions/Poem', 'wmf/1.43.0-wmf.2');
    await breakPageViews(poem);
    const { result, report } = await underLoad('--with', `Poem=${poem}`);
    expect(result, JSON.stringify(result)).toMatchObject({ exit: 1, value: { outcome: 'rolled-back', release: 3 } });
    expect(report.answers['3']?.['500']).toBeGreaterThan(0);
    expect(lostOf(report, '3'), JSON.stringify(report)).toBe(0);
    expect(await world.status()).toMatchObject({ live: 'green', releases: [{ number: 3, state: 'bad' }, {}, {}] });
  });

  it('is what the load would notice: a hard restart loses requests', async () => {
    const traffic = await startTraffic({ url: world.url, ratePerSecond: RATE });
    await delay(3000);
    await world.hardRestart();
    await delay(10_000);
    expect(lostOf(await traffic.stop())).toBeGreaterThan(0);
  });
});

describe('a target', () => {
  it('answers from SQLite, shows what it holds, and goes without a trace', async () => {
    const world = await deployWorld();
    try {
      const planned = await world.result('deploy', '--dry-run');
      expect(planned).toMatchObject({ exit: 0, value: { outcome: 'planned', plan: { kind: 'first', install: true } } });
      expect(await world.result('deploy')).toMatchObject({ exit: 0, value: { outcome: 'live' } });
      expect(await world.result('deploy')).toMatchObject({ exit: 0, value: { outcome: 'nothing' } });
      expect(await world.status()).toMatchObject({
        live: 'blue',
        router: 'answers',
        slots: [{ share: 1 }, { share: 0 }],
      });
      expect(await leakedSecrets(world)).toEqual([]);
    } finally {
      await world.mwpipe('down', '--yes');
    }
    const filters = { label: [`mwpipe.target=${world.target}`] };
    expect(await world.docker.listContainers({ all: true, filters })).toEqual([]);
    expect((await world.docker.listVolumes({ filters })).Volumes).toEqual([]);
    expect(await world.docker.listNetworks({ filters })).toEqual([]);
    await world[Symbol.asyncDispose]();
  });

  it('says who holds its port, and where the port was typed', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await using world = await deployWorld({ port });
    const refused = await world.mwpipe('deploy');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/mwpipe\.yaml:\d+:\d+ +port \d+ of 127\.0\.0\.1 is taken by .+ \(process \d+\)/);
    server.close();
    expect(await world.result('deploy')).toMatchObject({ exit: 0, value: { outcome: 'live' } });
  });
});

/** Secrets that somebody who may list containers or read logs would see. */
async function leakedSecrets({ docker, target }: DeployWorld): Promise<string[]> {
  const list = 'cd /run/secrets/mwpipe && for name in *; do echo "$name $(cat $name)"; done';
  const home = { docker, container: `mwpipe-${target}-home` };
  const secrets = await exec(home, { argv: ['sh', '-c', list] }, testContext());
  const known = secrets.ok
    ? secrets.value.stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
    : [];
  expect(known.length).toBeGreaterThanOrEqual(5);
  const containers = await docker.listContainers({ all: true, filters: { label: [`mwpipe.target=${target}`] } });
  const shown = await Promise.all(
    containers.map(async ({ Id }) => {
      const container = docker.getContainer(Id);
      const logs = await container.logs({ stdout: true, stderr: true });
      return JSON.stringify(await container.inspect()) + logs.toString('utf8');
    }),
  );
  return known.flatMap(([name = '', value = '']) => (shown.some((text) => text.includes(value)) ? [name] : []));
}
