// needs: docker
/** Docker keeps the contract of a host of bundles, and what only real files and a real FPM can show. */
import { beforeAll, describe, expect, it } from 'vitest';
import { configTarget, type ConfigTarget } from '../worlds/docker/config-target.ts';
import { phpRuntime } from '../worlds/docker/php-runtime.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';
import { bundleOf, configHostContract, KEPT_VALUE, packed } from './config-host.contract.ts';

let image = '';
beforeAll(async () => {
  image = await phpRuntime();
}, 600_000);

const open = async (...env: readonly string[]) => {
  const target = await configTarget(image, env);
  await secret(target, 'secret-key', { value: KEPT_VALUE });
  return { ...target, host: target.ports.host };
};

async function secret(
  target: ConfigTarget,
  name: string,
  { value, owner = 'www-data', mode = '600' }: { value: string; owner?: string; mode?: string },
): Promise<void> {
  const script = 'cd /run/secrets/mwpipe && printf %s "$VALUE" > "$1" && chown "$2" "$1" && chmod "$3" "$1"';
  await target.exec('home', ['sh', '-c', script, 'sh', name, owner, mode], { VALUE: value });
}

configHostContract('a Docker target', () => open());

describe('bundles in a Docker volume', () => {
  const context = testContext();

  it('have old times, so that opcache keeps them, and are readable by everybody', async () => {
    await using world = await open();
    await world.host.stage(packed(bundleOf('x')), context);
    const { stdout } = await world.exec('home', ['sh', '-c', 'find /srv/overlay/bundles -type f -printf "%TY %m\\n"']);
    for (const line of stdout.trim().split('\n')) {
      const [year, mode] = line.split(' ');
      expect(Number(year)).toBeGreaterThanOrEqual(1980);
      expect(Number(year)).toBeLessThan(2020);
      expect(mode).toBe('644');
    }
  });

  it("can't be written by an instance", async () => {
    await using world = await open();
    const { exitCode } = await world.exec('instance', ['touch', '/srv/overlay/bundles/x']);
    expect(exitCode).not.toBe(0);
  });

  it('leave nothing of a run that was killed while it staged, once the next one tidies', async () => {
    await using world = await open();
    await world.exec('home', [
      'sh',
      '-c',
      'mkdir -p /srv/overlay/bundles/abc.1.tmp/x /srv/overlay/slots; ln -s y /srv/overlay/slots/.blue.1',
    ]);
    expect(valueOf(await world.host.slots(context))[0]?.bundle).toBeUndefined();
    await world.host.prune([], context);
    const { stdout } = await world.exec('home', ['sh', '-c', 'ls -A /srv/overlay/bundles /srv/overlay/slots']);
    expect(stdout).not.toMatch(/tmp|\.blue/);
  });

  it('are retired from the opcache of FPM', async () => {
    await using world = await open();
    const bundle = bundleOf('cached');
    await world.host.stage(packed(bundle), context);
    await world.host.point({ slot: 'blue', bundle: bundle.hash }, context);
    await servePointer(world);
    await fetch(`${world.url}/index.php`);
    expect(valueOf(await world.host.confirm('blue', context))[0]?.cached).toEqual([bundle.hash]);
    const next = bundleOf('next');
    await world.host.stage(packed(next), context);
    await world.host.point({ slot: 'blue', bundle: next.hash }, context);
    valueOf(await world.host.retire({ slot: 'blue', bundles: [bundle.hash] }, context));
    expect(valueOf(await world.host.confirm('blue', context))[0]?.cached).toEqual([]);
  });

  it.each([
    ['are cached again when opcache was full of retired ones', true],
    ['are never cached again where nobody retires the old ones', false],
  ])('%s', async (_name, retires) => {
    await using world = await open('MWPIPE_OPCACHE_MB=32');
    await servePointer(world);
    const rows = Array.from({ length: 10_000 }, (_, index) => `'key ${String(index)}' => [ ${String(index)}, 'x' ],`);
    let last = '';
    for (let push = 0; push < 20; push += 1) {
      const bundle = bundleOf(`push ${String(push)}`, rows.join('\n'));
      valueOf(await world.host.stage(packed(bundle), context));
      valueOf(await world.host.point({ slot: 'blue', bundle: bundle.hash }, context));
      expect((await fetch(`${world.url}/index.php`)).status).toBe(200);
      if (retires && last !== '') valueOf(await world.host.retire({ slot: 'blue', bundles: [last] }, context));
      last = bundle.hash;
    }
    await fetch(`${world.url}/index.php`);
    const cached = valueOf(await world.host.confirm('blue', context))[0]?.cached ?? [];
    expect(cached.includes(last)).toBe(retires);
  });

  it('name a secret that instances could not use, with the reason that they would give', async () => {
    await using world = await open();
    await secret(world, 'open', { value: 'x', mode: '644' });
    await secret(world, 'roots', { value: 'x', owner: 'root' });
    await secret(world, 'by-group', { value: 'x', owner: 'root:www-data', mode: '440' });
    await secret(world, 'Odd.Name', { value: 'x' });
    expect(valueOf(await world.host.secrets(context))).toEqual([
      { name: 'by-group', problem: null },
      { name: 'open', problem: 'may be read by everybody (chmod 0600)' },
      { name: 'roots', problem: "can't be read by www-data" },
      { name: 'secret-key', problem: null },
    ]);
    const agent = (await (await fetch(`${world.url}/mwpipe/bundle?secrets`)).json()) as { secrets: unknown };
    expect(agent.secrets).toEqual(valueOf(await world.host.secrets(context)));
  });

  it("names an instance whose FPM doesn't answer", async () => {
    await using world = await open();
    await world.exec('instance', ['mv', '/run/php/fpm.sock', '/run/php/gone']);
    const [answer] = valueOf(await world.host.confirm('blue', context));
    expect(answer).toMatchObject({ bundle: undefined, problem: expect.stringContaining('502') as string });
  });
});

/** Requires the current bundle's file from its own path, as the baked LocalSettings.php does. */
async function servePointer(world: ConfigTarget): Promise<void> {
  const entry = `<?php require '/usr/local/lib/mwpipe/pointer.php';
require mwpipeBundleDir( mwpipeCurrentBundle() ) . '/LocalSettings.php';`;
  await world.exec('instance', ['sh', '-c', 'printf %s "$ENTRY" > /srv/mediawiki/index.php'], { ENTRY: entry });
}
