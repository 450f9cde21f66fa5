// needs: docker, root
/** Build steps with real node, npm, esbuild and composer, in containers of the test runtime. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { storedTar } from '../../src/build/layers/layer-tar.ts';
import type { StepsDone } from '../../src/build/index.ts';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import type { BuildChoice } from '../../src/kernel/build-steps.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { testContext } from '../worlds/context.ts';
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
    Bundled: {
      'src/index.js': `import { verse } from './verse.js';\nmw.log( verse );\n`,
      'src/verse.js': `export const verse = 'violets ${fresh}';\n`,
      ...(await npmFiles()),
    },
    Autoloaded: {
      'composer.json': JSON.stringify({ name: 'test/autoloaded', autoload: { classmap: ['includes/'] } }),
      'includes/Hooks.php': `<?php class AutoloadedHooks { public const FRESH = '${fresh}'; }`,
    },
  });
});
afterAll(() => world[Symbol.asyncDispose]());

/** esbuild as this repo's own lock has it: npm ci checks every digest. */
async function npmFiles(): Promise<Record<string, string>> {
  const text = await readFile(join(checkoutRoot, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, { version: string }> };
  const wanted = Object.entries(packages).filter(([path]) => /^node_modules\/(@esbuild\/|esbuild$)/.test(path));
  const devDependencies = { esbuild: packages['node_modules/esbuild']!.version };
  const root = { name: 'bundled', version: '1.0.0', devDependencies };
  const lock = {
    name: 'bundled',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': root, ...Object.fromEntries(wanted) },
  };
  return { 'package.json': JSON.stringify(root), 'package-lock.json': JSON.stringify(lock) };
}

const step = (run: string, more: object = {}): BuildChoice => [
  { name: 'dist', run, outputs: ['resources/dist'], ...more },
];
const said = (outcome: Outcome<unknown>): string[] =>
  outcome.ok ? [] : outcome.diagnostics.map(({ code, message }) => `${code}: ${message}`);

async function text({ layers }: StepsDone, path: string): Promise<string | undefined> {
  const file = layers.flatMap(({ files }) => files).find((one) => one.path.endsWith(path));
  return file === undefined ? undefined : (await world.ports.blobs.read(file.digest))?.toString();
}

describe('a build step in a real container', () => {
  it('makes its outputs from the committed files alone; a second run reuses them; a container serves them', async () => {
    const lock = await world.lock('Poem', step('node build.mjs'));
    const first = valueOf(await world.run(lock));
    expect(await text(first, 'extensions/Poem/resources/dist/poem.js')).toBe(`var poem = 'roses ${fresh}';\n`);
    expect(first.steps).toMatchObject([{ state: 'made' }]);
    const version = expect.stringMatching(/^\d+\.\d+/) as unknown;
    expect(first.steps[0]?.tools).toMatchObject({ node: version, npm: version, composer: version, php: version });
    const second = valueOf(await world.run(lock));
    expect(second.steps).toMatchObject([{ state: 'reused', files: first.steps[0]!.files }]);
    expect(await shown(second, '/srv/mediawiki/extensions/Poem/resources/dist/poem.js')).toContain(fresh);
  });

  async function shown({ layers }: StepsDone, path: string): Promise<string> {
    const image = (await dockerEngine().listImages({ filters: { label: ['mwpipe.runtime=php82/test'] } }))[0]!.Id;
    let output = '';
    const sink = { stdout: (chunk: string) => void (output += chunk), stderr: () => undefined };
    const inputs = [{ at: '/', tar: storedTar(layers[0]!.files, world.ports.blobs) }];
    valueOf(
      await world.ports.runner.run({ image, argv: ['cat', path], inputs, deadlineMs: 30_000 }, sink, testContext()),
    );
    return output;
  }

  it('has no network unless it was asked for, and is no root; what it said is told', async () => {
    const probe = `id -u; node -e "require('net').connect(443, '1.1.1.1').on('error', (e) => { console.log(e.code) })"; exit 3`;
    const failed = said(await world.run(await world.lock('Poem', step(probe))));
    expect(failed).toEqual([expect.stringMatching(/^build\/step-failed: .*ended with 3\n +65534\n +E[A-Z_]+$/)]);
  });

  it('is ended at its deadline', async () => {
    const hung = await world.run(await world.lock('Poem', step('sleep 600', { deadline: 1 })));
    expect(said(hung)).toEqual(['build/step-hung: step dist of Poem did not end within 1 s, and was ended']);
  });

  it('bundles with npm ci and esbuild, where npm’s registry answers', async (test) => {
    const { npmRegistry = 'https://registry.npmjs.org/' } = await world.ports.network();
    const answers = await fetch(npmRegistry, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    test.skip(answers === undefined, `no answer from npm's registry`);
    const run =
      'npm ci && node_modules/.bin/esbuild src/index.js --bundle --minify --outfile=resources/dist/bundled.js';
    const done = valueOf(await world.run(await world.lock('Bundled', step(run, { network: true }))));
    expect((await text(done, 'bundled.js'))?.replaceAll(/\b[a-z]\b/g, '_')).toBe(
      `(()=>{var _="violets ${fresh}";mw.log(_);})();\n`,
    );
    expect(done.audits).toMatchObject([{ component: 'Bundled' }]);
  });

  it('makes an autoloader with composer, offline, and verifying names what composer draws by lot', async () => {
    const autoload = (run: string): BuildChoice => [{ name: 'autoload', run, outputs: ['vendor'] }];
    const drawn = await world.verify(await world.lock('Autoloaded', autoload('composer dump-autoload')));
    expect(said(drawn)).toEqual([expect.stringMatching(/^build\/step-not-same: .*"vendor\/autoload\.php"/)]);
    const run = `cp composer.json /tmp/kept && composer config autoloader-suffix Fixed && composer dump-autoload && cp /tmp/kept composer.json`;
    expect(said(await world.verify(await world.lock('Autoloaded', autoload(run))))).toEqual([]);
  });
});

describe('outputs that no image can have, as a real engine hands them over', () => {
  it('links out of the component, pipes, sockets, line breaks in names, names that differ by case, all at once', async () => {
    const run = [
      'node build.mjs',
      'ln -s /etc/passwd resources/dist/l',
      'mkfifo resources/dist/p',
      `touch "$(printf 'resources/dist/a\\nb')" resources/dist/Poem.js`,
      `node -e "require('net').createServer().listen('resources/dist/s', () => process.exit())"`,
    ];
    const outcome = said(await world.run(await world.lock('Poem', step(run.join('; ')))));
    const words = [
      'has a line break',
      'is a named pipe',
      'is a link out of',
      'by capital letters alone',
      'is a socket',
    ];
    expect(outcome).toHaveLength(words.length);
    for (const one of words) {
      expect(outcome).toContainEqual(expect.stringMatching(`^build/step-odd-output: step dist of Poem made .*${one}`));
    }
  });

  it('a path over 64 KiB, which the engine itself can not open', async () => {
    const deep = `for (let i = 0; i < 330; i++) { fs.mkdirSync('a'.repeat(200)); process.chdir('a'.repeat(200)); }`;
    const program = `const fs = require('fs'); process.chdir('resources/dist'); ${deep} fs.writeFileSync('b', '')`;
    const outcome = said(await world.run(await world.lock('Poem', step(`node build.mjs; node -e "${program}"`))));
    expect(outcome).toEqual([
      expect.stringContaining('build/step-odd-output: step dist of Poem made what no image') as unknown,
    ]);
  });

  it('files of git that it writes to', async () => {
    const outcome = await world.run(await world.lock('Poem', step('node build.mjs; echo >> extension.json')));
    expect(said(outcome)).toEqual([
      expect.stringContaining('build/step-touched: step dist of Poem changed or removed "extension.json"') as unknown,
    ]);
  });
});
