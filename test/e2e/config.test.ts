// needs: docker, the world
/** `mwpipe config` on real MediaWiki: pushed while clients ask, undone, refused, killed, and done many times. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { composeBundle, pushConfig, rollbackConfig } from '../../src/config/index.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { runCommand, type CommandResult } from '../worlds/command.ts';
import { testContext } from '../worlds/context.ts';
import { configWiki, type ConfigWiki } from '../worlds/docker/config-wiki.ts';
import { valueOf } from '../worlds/overlays.ts';

let wiki: ConfigWiki;
beforeAll(async () => {
  wiki = await configWiki();
  valueOf(await push());
  await wiki.maintenance('update', '--quick');
}, 1_200_000);
afterAll(() => wiki[Symbol.asyncDispose]());

const push = async (context = testContext()) =>
  pushConfig({ bundle: valueOf(await composeBundle(wiki.root, ['demo'])) }, wiki.ports, context);

function mwpipe(...argv: readonly string[]): Promise<CommandResult> {
  return runCommand(['node', join(checkoutRoot, 'src/cli/mwpipe.ts'), ...argv, '--to', wiki.target.name], {
    cwd: wiki.root,
  });
}

interface Answer {
  readonly bundle: string;
  readonly sitename: string;
}

async function siteinfo(): Promise<Answer> {
  const response = await fetch(`${wiki.target.url}/api.php?action=query&meta=siteinfo&format=json`);
  if (response.status !== 200) throw new Error(`status ${String(response.status)}: ${await response.text()}`);
  const body = (await response.json()) as { query: { general: { sitename: string } } };
  return { bundle: response.headers.get('x-mwpipe-bundle') ?? '', sitename: body.query.general.sitename };
}

/** Three clients ask, one request after the other, until they are told to stop. */
function clients(): { stop(): Promise<{ answers: Answer[]; errors: string[] }> } {
  const answers: Answer[] = [];
  const errors: string[] = [];
  let going = true;
  const client = async (): Promise<void> => {
    while (going)
      await siteinfo().then(
        (answer) => answers.push(answer),
        (thrown: unknown) => errors.push(String(thrown)),
      );
  };
  const all = [client(), client(), client()];
  return {
    stop: async () => {
      going = false;
      await Promise.all(all);
      return { answers, errors };
    },
  };
}

it('changes what the wiki says while clients ask: no error, no mixed answer, no restart', async () => {
  const before = await wiki.target.instance.inspect();
  const asking = clients();
  const nameOf = new Map([[valueOf(await composeBundle(wiki.root, ['demo'])).hash, 'mwpipe demo']]);
  for (const name of ['First push', 'Second push', 'Third push']) {
    await wiki.rename(name);
    const live = valueOf(await push());
    nameOf.set(live.bundle, name);
    expect(await siteinfo()).toEqual({ bundle: live.bundle, sitename: name });
  }
  const { answers, errors } = await asking.stop();
  expect(errors).toEqual([]);
  expect(answers.filter(({ bundle, sitename }) => nameOf.get(bundle) !== sitename)).toEqual([]);
  expect(new Set(answers.map(({ sitename }) => sitename)).size).toBe(4);
  const after = await wiki.target.instance.inspect();
  expect([after.Image, after.State.StartedAt]).toEqual([before.Image, before.State.StartedAt]);
});

it('undoes it with the command that it prints', async () => {
  await wiki.rename('Before');
  expect(await mwpipe('config', 'push')).toMatchObject({ code: 0 });
  await wiki.rename('After');
  const pushed = await mwpipe('config', 'push');
  expect((await siteinfo()).sitename).toBe('After');
  expect(pushed.stdout).toContain('mwpipe config rollback');
  expect(await mwpipe('config', 'rollback')).toMatchObject({ code: 0 });
  expect((await siteinfo()).sitename).toBe('Before');
});

it('says what is live already, and what a push would change', async () => {
  await wiki.rename('Same');
  valueOf(await push());
  expect(await mwpipe('config', 'push')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Already live') as string,
  });
  await wiki.rename('Other');
  const { stdout } = await mwpipe('config', 'diff');
  expect(stdout).toMatch(/wgSitename: "Same" → "Other" +config-overlays\/demo\/settings\.yaml:\d+:12/);
  expect((await siteinfo()).sitename).toBe('Same');
});

it.each([
  ['does not parse', '$wgFoo = [ 1, 2 ;', 'CommonSettings.php:37:17  syntax error, unexpected token ";"'],
  ['throws', "throw new Exception( 'boom' );", 'CommonSettings.php:37:1  Exception: boom'],
  ['notices', '$wgFoo = $nothing;', 'CommonSettings.php:37:10  Undefined variable $nothing'],
  ['wants what the image lacks', "wfLoadExtension( 'Echoo' );", 'CommonSettings.php:37:19'],
  ['ends the script', 'die();', 'CommonSettings.php:37:1  ends the script'],
])('never makes live what %s, and says where it was typed', async (_what, php, said) => {
  const live = (await siteinfo()).bundle;
  await wiki.appendPhp(php);
  const refused = await mwpipe('config', 'push');
  await wiki.resetPhp();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(said);
  expect((await siteinfo()).bundle).toBe(live);
});

it.each(['config/staged', 'config/checked', 'config/pointed'])(
  'takes up a push that was killed after %s',
  async (event) => {
    await wiki.rename(`Killed after ${event}`);
    await killedAfter(event);
    expect((await siteinfo()).sitename).not.toBe('');
    const live = valueOf(await push());
    expect(await siteinfo()).toEqual({ bundle: live.bundle, sitename: `Killed after ${event}` });
  },
);

/** `mwpipe config push`, killed the hard way when it tells this event. */
async function killedAfter(code: string): Promise<void> {
  const argv = [join(checkoutRoot, 'src/cli/mwpipe.ts'), 'config', 'push', '--json', '--to', wiki.target.name];
  const child = spawn('node', argv, { cwd: wiki.root, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes(`"${code}"`)) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.once('close', (_exit, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
}

/** More than the disk keeps. */
const PUSHES = 25;

it('keeps opcache and the disk small over many pushes', async () => {
  let late = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + late };
  for (let number = 1; number <= PUSHES; number += 1) {
    late += 130_000; // so that each is older than the longest request
    await wiki.rename(`Push ${String(number)}`);
    valueOf(await push({ ...testContext(), clock }));
    await Promise.all([siteinfo(), siteinfo(), siteinfo()]);
  }
  const agent = (await (await fetch(`${wiki.target.url}/mwpipe/bundle`)).json()) as {
    cached: Record<string, number>;
    opcache: { usedBytes: number; freeBytes: number };
  };
  expect(Object.keys(agent.cached).length).toBeLessThanOrEqual(3);
  expect(agent.opcache.freeBytes).toBeGreaterThan(agent.opcache.usedBytes);
  const { stdout } = await wiki.target.exec('home', ['sh', '-c', 'ls /srv/overlay/bundles | wc -l']);
  expect(Number(stdout)).toBeLessThanOrEqual(21);
  expect(valueOf(await rollbackConfig({}, wiki.ports, testContext())).state).toBe('live');
  expect((await siteinfo()).sitename).toBe(`Push ${String(PUSHES - 1)}`);
});

it('ends what it was asked before it stops', async () => {
  await wiki.appendPhp("if ( isset( $_GET['slow'] ) ) { sleep( 3 ); }");
  valueOf(await push());
  const slow = fetch(`${wiki.target.url}/api.php?action=query&meta=siteinfo&format=json&slow=1`);
  await setTimeout(1000);
  await Promise.all([wiki.target.instance.stop({ t: 20 }), slow.then((response) => expect(response.status).toBe(200))]);
  expect((await wiki.target.instance.inspect()).State.ExitCode).toBe(0);
});
