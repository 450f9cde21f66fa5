// needs: docker, the world
/**
 * A push as its users meet it, on real MediaWiki behind the real router: canaries first, an instance that is lost, a look
 * with the debug pin, files saved while they are watched, and mwpipe killed while canaries soak.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import type { PushResult } from '../../src/config/index.ts';
import { deployWorld, type DeployWorld } from '../worlds/docker/deploy-world.ts';
import { until } from '../worlds/docker/router-world.ts';

const SITEINFO = '/api.php?action=query&meta=siteinfo&format=json';

let world: DeployWorld;
beforeAll(async () => {
  world = await deployWorld({ more: ['instances: 2', 'config: { canaries: 50, soak: 3, lost: 50 }'] });
  expect(await world.result('deploy')).toMatchObject({ exit: 0, value: { outcome: 'live' } });
}, 1_400_000);
afterAll(() => world[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly bundle: string;
  readonly sitename: string;
}

async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(`${url}${SITEINFO}`, { headers });
  const text = await response.text();
  const bundle = response.headers.get('x-mwpipe-bundle') ?? '';
  return { status: response.status, bundle, sitename: /"sitename":"(.*?)"/.exec(text)?.[1] ?? '' };
}

/** One instance, past the router. */
async function direct(number: number): Promise<Answer> {
  const { NetworkSettings } = await world.instance('blue', number).inspect();
  return ask(`http://${Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? ''}:8080`);
}

const both = async () => [(await direct(1)).sitename, (await direct(2)).sitename];
const users = (count = 12) => Promise.all(Array.from({ length: count }, () => ask(world.url)));
const push = async (...argv: readonly string[]) => {
  const result = await world.result('config', 'push', ...argv);
  return { ...result, value: result.value as PushResult };
};
/** Only where users ask, never where it is evaluated. */
const inRequests = (php: string): string => `if ( PHP_SAPI !== 'cli' ) { ${php} }`;

describe('canaries', () => {
  it('get a bundle first, and then all do', async () => {
    await world.configure({ sitename: 'Good' });
    const said = await world.mwpipe('config', 'push', '--json');
    const codes = said.stdout.split('\n').flatMap((line) => /^\{"code":"(config\/[a-z-]+)"/.exec(line)?.[1] ?? []);
    expect(codes.indexOf('config/canaries-active')).toBeGreaterThanOrEqual(0);
    expect(codes.indexOf('config/soaked')).toBeGreaterThan(codes.indexOf('config/canaries-active'));
    expect(codes.indexOf('config/pointed')).toBeGreaterThan(codes.indexOf('config/soaked'));
    expect(await both()).toEqual(['Good', 'Good']);
  });

  it('that fail their users are taken back, and the others never had it', async () => {
    await world.configure({ sitename: 'Worse', php: inRequests("throw new Exception( 'only seen by users' );") });
    const others = new Set<string>();
    const pushed = new AbortController();
    const watching = (async () => {
      while (!pushed.signal.aborted) others.add((await direct(2)).sitename);
    })();
    const refused = await world.mwpipe('config', 'push');
    pushed.abort();
    await watching;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('config/canaries-worse') as string });
    expect([...others]).toEqual(['Good']);
    expect(await both()).toEqual(['Good', 'Good']);
    expect(new Set((await users()).map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('an instance that can not activate', () => {
  it('leaves rotation and is named; the next push that it follows brings it back', async () => {
    const second = `mwpipe-${world.target}-blue-2`;
    const php = inRequests(`if ( getenv( 'MWPIPE_INSTANCE' ) === '${second}' ) { throw new Exception( 'not here' ); }`);
    await world.configure({ sitename: 'On one', php });
    const lost = await world.mwpipe('config', 'push');
    expect(lost.stdout).toContain(`Not on     ${second} of blue`);
    expect(lost.code).toBe(0);
    const { status } = await direct(2);
    expect(status).toBe(500);
    // Whatever the lost one answers, no user gets there.
    expect(new Set((await users(30)).map((one) => `${String(one.status)} ${one.sitename}`))).toEqual(
      new Set(['200 On one']),
    );
    expect((await world.mwpipe('config', 'status')).stdout).toContain(`Set aside  ${second} of blue`);
    await world.configure({ sitename: 'On both' });
    const back = await world.mwpipe('config', 'push');
    expect(back.stderr).toContain(`Back in    ${second} of blue`);
    await until(
      async () => (await world.status()).slots[0]?.instances.every(({ state }) => state === 'ready') === true,
    );
    expect(await both()).toEqual(['On both', 'On both']);
  });
});

describe('--stop-at debug', () => {
  it('shows it to who has the pin, through the router, and to nobody else', async () => {
    await world.configure({ sitename: 'Looked at' });
    const waiting = await push('--stop-at', 'debug');
    expect(waiting).toMatchObject({ exit: 0, value: { state: 'waiting' } });
    const pin = { 'X-Mwpipe-Bundle-Pin': waiting.value.pin?.value ?? '' };
    expect(await ask(world.url, pin)).toMatchObject({ sitename: 'Looked at', bundle: waiting.value.bundle });
    expect(new Set((await users()).map(({ sitename }) => sitename))).toEqual(new Set(['On both']));
    const forged = { 'X-Mwpipe-Bundle-Pin': `${pin['X-Mwpipe-Bundle-Pin'].slice(0, -4)}AAAA` };
    expect((await ask(world.url, forged)).sitename).not.toBe('Looked at');
    expect((await push()).value).toMatchObject({ state: 'live', bundle: waiting.value.bundle });
    expect(await both()).toEqual(['Looked at', 'Looked at']);
  });
});

describe('config get', () => {
  it('says what PHP in the image makes of a setting in the end', async () => {
    await world.configure({ sitename: 'From YAML', php: "$wgSitename .= ', and PHP';" });
    const image = (await world.status()).slots[0]?.release?.image ?? '';
    const got = await world.result('config', 'get', 'wgSitename', '--wiki', 'wiki', '--image', image);
    expect(got).toMatchObject({ exit: 0, value: { evaluated: { value: 'From YAML, and PHP' } } });
  });
});

describe('config watch', () => {
  it('makes live what is saved, keeps a mistake out, and goes on', async () => {
    await world.configure({ sitename: 'Before' });
    const argv = ['config', 'watch', '--json', '--to', world.target, '--workspace', world.workspace];
    const watch = spawn(process.execPath, [join(checkoutRoot, 'src/cli/mwpipe.ts'), ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = saysOf(watch);
    try {
      await until(() => Promise.resolve(told().includes('config/watching')), 120);
      expect(await both()).toEqual(['Before', 'Before']);
      await world.configure({ sitename: 'Saved' });
      await until(async () => (await ask(world.url)).sitename === 'Saved', 120);
      await world.configure({ sitename: 'Mistaken', php: '$wgFoo = $nothing;' });
      await until(() => Promise.resolve(told().includes('config/save-refused')), 120);
      expect(told()).toContain('Undefined variable $nothing');
      expect(await both()).toEqual(['Saved', 'Saved']);
      await world.configure({ sitename: 'Mended' });
      await until(async () => (await ask(world.url)).sitename === 'Mended', 120);
    } finally {
      watch.kill('SIGINT');
      await once(watch, 'close');
    }
  });
});

describe('killed while canaries soak', () => {
  it.each(['push', 'rollback'])('is ended by config %s, and no instance ever has a third bundle', async (next) => {
    await world.configure({ sitename: `Live before ${next}` });
    expect((await push('--soak', '0')).value.state).toBe('live');
    await world.configure({ sitename: `Soaking before ${next}` });
    await world.killedAt('config/canaries-active', ['config', 'push']);
    expect(await both()).toEqual([`Soaking before ${next}`, `Live before ${next}`]);
    expect((await world.mwpipe('config', 'status')).stdout).toContain(`mwpipe-${world.target}-blue-1`);
    expect(await world.result('config', next)).toMatchObject({ exit: 0, value: { state: 'live' } });
    const name = next === 'push' ? `Soaking before ${next}` : `Live before ${next}`;
    expect(await both()).toEqual([name, name]);
  });
});

function saysOf(child: ChildProcess): () => string {
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return () => said;
}
