import { rm } from 'node:fs/promises';
import type { BuildChoice } from '../../../../src/kernel/build-steps.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, dist, MOUNT, poem, stepsMachine, type StepsMachine } from '../../../worlds/steps-machine.ts';
import { valueOf } from '../../../worlds/overlays.ts';

let machine: StepsMachine;

beforeEach(async () => {
  machine = await stepsMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

describe('running build steps', () => {
  it('gives a component’s outputs as files of the image, and nothing else of it', async () => {
    const done = valueOf(await machine.run(machine.poem(dist())));
    expect(done.layers).toMatchObject([
      { name: 'Poem (built)', because: expect.stringContaining('dist: ') as unknown },
    ]);
    expect(done.layers[0]!.files.map(({ path }) => path)).toEqual([
      'srv/mediawiki/extensions/Poem/dist/old.js',
      'srv/mediawiki/extensions/Poem/dist/poem.js',
    ]);
    const file = done.layers[0]!.files[1]!;
    expect((await machine.ports.blobs.read(file.digest))?.toString()).toBe('min(roses)');
  });

  it('runs by image digest, as nobody, bounded, without a network', async () => {
    await machine.run(machine.poem(dist({ deadline: 7, memory: 64 })));
    expect(machine.runner.requests.at(-1)).toMatchObject({
      image: expect.stringMatching(/^sha256:/) as unknown,
      user: '65534:65534',
      workdir: MOUNT,
      deadlineMs: 7000,
      limits: { memoryBytes: 64 * 1024 * 1024 },
      keepFailed: true,
    });
    expect(machine.runner.requests.at(-1)).not.toHaveProperty('network');
  });

  it('runs nothing the second time, also in another process', async () => {
    const lock = machine.poem(dist());
    const first = valueOf(await machine.run(lock));
    machine.use({});
    const second = valueOf(await machine.run(lock));
    expect(machine.ran()).toEqual([]);
    expect(second.layers.map(({ files }) => files)).toEqual(first.layers.map(({ files }) => files));
    expect(second.steps).toMatchObject([{ state: 'reused', key: first.steps[0]!.key }]);
  });

  it('runs again when a file of the component changes, or a patch lies on top, and says so', async () => {
    await machine.run(machine.poem(dist()));
    const changed = machine.poem(dist(), { ...poem, 'src/poem.js': 'violets' });
    expect(valueOf(await machine.plan(changed)).steps).toMatchObject([{ run: true, because: 'its files changed' }]);
    const patch = { tree: machine.git.tree({ ...poem, 'src/poem.js': 'lilies' }), because: 'mine' };
    const done = valueOf(await machine.run(machine.poem(dist(), poem, patch)));
    expect((await machine.ports.blobs.read(done.layers[0]!.files[1]!.digest))?.toString()).toBe('min(lilies)');
  });

  it('with inputs, sees those alone, and runs again for those alone', async () => {
    const choice = dist({ inputs: ['src'] });
    await machine.run(machine.poem(choice));
    const other = machine.poem(choice, { ...poem, 'extension.json': '{ "name": "Poem" }' });
    expect(valueOf(await machine.plan(other)).steps).toMatchObject([{ run: false }]);
    machine.use({ build: (box) => box.write('dist/seen', [...box.files.keys()].join('\n')) });
    const done = valueOf(await machine.run(machine.poem(dist({ inputs: ['src/poem.js'] }))));
    expect((await machine.ports.blobs.read(done.layers[0]!.files[0]!.digest))?.toString()).toBe(`${MOUNT}/src/poem.js`);
  });

  it('shows each step what those before it made', async () => {
    machine.use({ second: (box) => box.write('out/a', `${box.read('dist/poem.js') ?? ''}!`) });
    const choice: BuildChoice = [
      { name: 'dist', run: ['build'], outputs: ['dist'] },
      { name: 'second', run: ['second'], outputs: ['out'] },
    ];
    const done = valueOf(await machine.run(machine.poem(choice)));
    expect((await machine.ports.blobs.read(done.layers[0]!.files[2]!.digest))?.toString()).toBe('min(roses)!');
    const changed = machine.poem(choice, { ...poem, 'src/poem.js': 'x' });
    expect(valueOf(await machine.plan(changed)).steps.map((one) => one.run)).toEqual([true, true]);
  });

  it('never uses a record whose files have gone', async () => {
    const lock = machine.poem(dist());
    const { files } = valueOf(await machine.run(lock)).layers[0]!;
    await rm((await machine.ports.blobs.has(files[1]!.digest))!.path);
    expect(valueOf(await machine.plan(lock)).steps).toMatchObject([
      { run: true, because: 'what it made is not in the cache any more' },
    ]);
    expect(valueOf(await machine.run(lock)).steps).toMatchObject([{ state: 'made' }]);
  });

  it('gives a step that may machine.use it the network, the registry and the certificates of this machine', async () => {
    await machine.run(machine.poem(dist({ network: true })));
    expect(machine.runner.requests.at(-1)).toMatchObject({
      network: 'bridge',
      env: { npm_config_registry: 'https://registry.example/', NODE_EXTRA_CA_CERTS: '/mwpipe-certificates.pem' },
    });
  });

  it('tells of a committed file in an output folder that the step does not make', async () => {
    machine.use({ build: (box) => (box.files.delete(`${MOUNT}/dist/old.js`) ? build(box) : 1) });
    expect(valueOf(await machine.run(machine.poem(dist()))).layers[0]!.files).toHaveLength(1);
    expect(machine.events).toContainEqual({
      code: 'build/step-left-stale',
      component: 'Poem',
      step: 'dist',
      path: 'dist/old.js',
    });
  });

  it('plans without running, and names a component that is not there', async () => {
    expect(valueOf(await machine.plan(machine.poem(dist()))).steps).toMatchObject([
      { component: 'Poem', run: true, because: 'its runtime php82/test has to be built' },
    ]);
    expect(machine.runner.requests).toEqual([]);
    expect(await machine.plan(machine.poem(dist()), ['Peom'])).toMatchObject({
      diagnostics: [{ code: 'build/unknown-component', hint: 'did you mean Poem?' }],
    });
  });
});
