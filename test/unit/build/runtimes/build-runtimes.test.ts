import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buildRuntimes,
  listRuntimes,
  lockRuntimes,
  readOutdatedRuntimes,
  selectRuntimes,
} from '../../../../src/build/index.ts';
import type { RuntimePorts } from '../../../../src/build/ports.ts';
import { fail } from '../../../../src/kernel/outcome.ts';
import { testContext } from '../../../worlds/context.ts';
import { valueOf } from '../../../worlds/overlays.ts';
import { runtimesWorld, type RuntimesWorld } from '../../../worlds/runtimes-world.ts';

let world: RuntimesWorld;

beforeEach(async () => {
  world = await runtimesWorld();
  await world.write({
    'tool/image.yaml':
      'version: 1\ndescription: a tool\nbase: { debian: trixie, variant: minbase }\nflavours: { plain: tool }\n',
    'tool/Dockerfile': 'ARG BASE\nFROM ${BASE} AS tool\nRUN tool\n',
  });
});
afterEach(() => world[Symbol.asyncDispose]());

const select = (...names: string[]) => selectRuntimes(world.folder, { names, all: false });
const everyone = async () => valueOf(await selectRuntimes(world.folder, { names: [], all: true }));

describe('selecting', () => {
  it('takes a runtime with all its flavours, or one of them, each once', async () => {
    const titles = valueOf(await select('php/test', 'php', 'tool')).map(({ name, flavour }) => `${name}/${flavour}`);
    expect(titles).toEqual(['php/test', 'php/web', 'tool/plain']);
  });

  it('says of every name what is wrong with it', async () => {
    expect(await select('phpp', 'php/tset', 'tool')).toMatchObject({
      diagnostics: [
        { code: 'build/unknown-runtime', hint: 'did you mean php?' },
        { code: 'build/unknown-flavour', hint: 'there are: web, test' },
      ],
    });
    expect(await select()).toMatchObject({ diagnostics: [{ code: 'build/no-runtime-named' }] });
  });
});

describe('the matrix', () => {
  it('bootstraps a base once, and brings everything into engine and cache', async () => {
    const context = testContext();
    const built = valueOf(await buildRuntimes({ runtimes: await everyone(), jobs: 4 }, world.ports, context));
    expect(built).toHaveLength(3);
    expect(context.events.filter(({ code }) => code === 'build/runtime-taken')).toHaveLength(3);
    const digests = new Set(built.map(({ stored }) => stored.base?.digest));
    expect(digests.size).toBe(1);
  });

  it('goes on when one fails, and tells of each that did', async () => {
    const failing: RuntimePorts = {
      ...world.ports,
      runtimes: {
        ...world.ports.runtimes,
        build: (request, context) =>
          request.name === 'php/web' || request.name === 'php/test'
            ? Promise.resolve(fail({ code: 'build/runtime-failed', message: request.name, exit: 'outside' }))
            : world.ports.runtimes.build(request, context),
      },
    };
    const outcome = await buildRuntimes({ runtimes: await everyone(), jobs: 1 }, failing, testContext());
    expect(outcome.ok ? [] : outcome.diagnostics.map(({ message }) => message)).toEqual(['php/web', 'php/test']);
    expect(world.built).toHaveLength(1);
  });
});

it('lists what is built and what is pinned', async () => {
  const [web, , tool] = await everyone();
  valueOf(await lockRuntimes({ runtimes: [web!], jobs: 1 }, world.ports, testContext()));
  const arm = await world.elsewhere({ platform: 'linux/arm64' });
  expect(valueOf(await listRuntimes([web!, tool!], world.ports))).toMatchObject([
    { runtime: 'php/web', base: 'debian:trixie', pinned: 'yes', pin: { packages: 2 } },
    { runtime: 'tool/plain', pinned: 'no', because: '' },
  ]);
  expect(valueOf(await listRuntimes([web!], arm.ports))).toMatchObject([
    { pinned: 'other platforms only', because: 'not for linux/arm64' },
  ]);
  await world.write({ 'common/entry': 'other' });
  expect(valueOf(await listRuntimes([web!], world.ports))).toMatchObject([{ pinned: 'stale' }]);
});

it('tells which packages the archive has newer ones of, security fixes first', async () => {
  const wanted = { runtimes: [{ name: 'php', flavour: 'web' }], jobs: 1 };
  expect(await readOutdatedRuntimes(wanted, world.ports, testContext())).toMatchObject({
    diagnostics: [{ code: 'build/runtime-not-here', hint: 'mwpipe runtime build php/web' }],
  });
  valueOf(await lockRuntimes(wanted, world.ports, testContext()));
  expect(valueOf(await readOutdatedRuntimes(wanted, world.ports, testContext()))).toMatchObject([
    {
      which: 'pinned',
      packages: [
        { name: 'openssl', security: true },
        { name: 'adduser', security: false },
      ],
    },
  ]);
});
