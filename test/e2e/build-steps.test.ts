// needs: docker root
/** Build steps with real node, npm, esbuild and composer, in containers of the test runtime. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepsDone } from '../../src/build/index.ts';
import type { BuildChoice } from '../../src/kernel/build-steps.ts';
import { valueOf } from '../worlds/overlays.ts';
import { stepsWorld, type StepsWorld } from '../worlds/steps-world.ts';

/** Nothing of an earlier run is reused. */
const fresh = randomUUID();
let world: StepsWorld;

beforeAll(async () => {
  world = await stepsWorld({
    Poem: {
      'extension.json': '{ "name": "Poem" }',
      'src/poem.js': `export const poem = 'roses ${fresh}';\n`,
      'build.mjs': [
        `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';`,
        `mkdirSync('resources/dist', { recursive: true });`,
        `const source = readFileSync('src/poem.js', 'utf8').replace('export const', 'var');`,
        `writeFileSync('resources/dist/poem.js', source);`,
      ].join('\n'),
    },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const step = (run: string, more: object = {}): BuildChoice => [
  { name: 'dist', run, outputs: ['resources/dist'], ...more },
];
const text = async (done: StepsDone, path: string): Promise<string | undefined> => {
  const file = done.layers.flatMap(({ files }) => files).find((one) => one.path.endsWith(path));
  return file === undefined ? undefined : (await world.ports.blobs.read(file.digest))?.toString();
};

describe('a build step in a real container', () => {
  it('makes its outputs from the committed files alone, and a second run reuses them', async () => {
    const lock = await world.lock('Poem', step('node build.mjs'));
    const first = valueOf(await world.run(lock));
    expect(await text(first, 'extensions/Poem/resources/dist/poem.js')).toBe(`var poem = 'roses ${fresh}';\n`);
    expect(first.steps).toMatchObject([{ state: 'made' }]);
    expect(first.steps[0]?.tools).toMatchObject({ node: expect.stringMatching(/^\d+\./) as unknown });
    const second = valueOf(await world.run(lock));
    expect(second.steps).toMatchObject([{ state: 'reused', files: first.steps[0]!.files }]);
  });

  it('has no network unless it was asked for, and is no root', async () => {
    const probe = `id -u; node -e "require('net').connect(443, '1.1.1.1').on('error', (e) => { console.log(e.code) })"; exit 3`;
    const failed = await world.run(await world.lock('Poem', step(probe)));
    expect(failed).toMatchObject({ ok: false, diagnostics: [{ code: 'build/step-failed' }] });
    const said = failed.ok ? '' : failed.diagnostics[0].message;
    expect(said).toContain('65534');
    expect(said).toMatch(/ENETUNREACH|EAI_AGAIN/);
  });
});
