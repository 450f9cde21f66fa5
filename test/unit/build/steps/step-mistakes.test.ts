import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, dist, MOUNT, poem, stepsMachine, type StepsMachine } from '../../../worlds/steps-machine.ts';
import type { BoxFile, BoxProgram } from '../../../worlds/fakes/step-runner.ts';
import { valueOf } from '../../../worlds/overlays.ts';

let machine: StepsMachine;

beforeEach(async () => {
  machine = await stepsMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

const mistakes = async (program: BoxProgram, more: object = {}): Promise<string[]> => {
  machine.use({ bad: program });
  const outcome = await machine.run(machine.poem(dist({ run: ['bad'], ...more })));
  if (outcome.ok) throw new Error('it was accepted');
  return outcome.diagnostics.map(({ code, message }) => `${code}: ${message}`);
};

describe('what a step does wrong', () => {
  it('fails: its last lines, the whole log, a shell', async () => {
    machine.use({ bad: (box) => (box.say('webpack: no entry'), 2) });
    const outcome = await machine.run(machine.poem(dist({ run: ['bad'] })));
    expect(outcome).toMatchObject({
      diagnostics: [
        {
          code: 'build/step-failed',
          exit: 'failed',
          message: 'step dist of Poem ended with 2\n    webpack: no entry',
          hint: expect.stringMatching(/Poem\/dist\.log; look inside with: mwpipe shell Poem\/dist/) as unknown,
        },
      ],
    });
    expect(await readFile(join(machine.folder, 'logs/Poem/dist.log'), 'utf8')).toBe('webpack: no entry\n');
    expect(valueOf(await machine.plan(machine.poem(dist({ run: ['bad'] })))).steps).toMatchObject([{ run: true }]);
  });

  it('hangs', async () => {
    expect(await mistakes(() => 'hang', { deadline: 5 })).toEqual([
      'build/step-hung: step dist of Poem did not end within 5 s, and was ended',
    ]);
  });

  it('makes nothing of an output that it declares', async () => {
    expect(await mistakes((box) => box.write('build/a', ''), { outputs: ['dist2', 'build'] })).toEqual([
      'build/step-no-output: step dist of Poem ended well and did not make "dist2"',
    ]);
  });

  it('writes outside of its component, or into files that are no outputs', async () => {
    const found = await mistakes((box) => {
      build(box);
      box.files.set('/srv/mediawiki/LocalSettings.php', { type: 'file', data: 'x' });
      box.files.set('/tmp/x', { type: 'file', data: 'x' });
      box.write('src/poem.js', 'other');
      box.files.delete(`${MOUNT}/extension.json`);
      box.write('node_modules/a/index.js', 'scratch');
      return undefined;
    });
    expect(found).toEqual([
      'build/step-touched: step dist of Poem changed or removed "extension.json", which is no output of it',
      'build/step-touched: step dist of Poem changed or removed "src/poem.js", which is no output of it',
      'build/step-wrote-outside: step dist of Poem wrote outside of its component: "/srv/mediawiki/LocalSettings.php"',
    ]);
  });

  it.each([
    [
      'a link out of the component',
      { 'dist/l': { type: 'symlink', linkname: '../../../../etc/passwd' } },
      'is a link out of',
    ],
    ['a link to an absolute path', { 'dist/l': { type: 'symlink', linkname: '/etc/passwd' } }, 'is a link out of'],
    ['a link to nothing', { 'dist/l': { type: 'symlink', linkname: 'gone' } }, 'is no file among the outputs'],
    ['links in a circle', { 'dist/l': { type: 'symlink', linkname: 'l' } }, 'is no file among the outputs'],
    ['a device', { 'dist/d': { type: 'character-device' } }, 'is a device'],
    ['a pipe', { 'dist/p': { type: 'fifo' } }, 'is a named pipe'],
    ['a name with a line break', { 'dist/a\nb': { type: 'file', data: '' } }, 'has a line break'],
    [
      'a path over 64 KiB',
      { [`dist/${`${'a'.repeat(199)}/`.repeat(330)}b`]: { type: 'file', data: '' } },
      'has a path of 66006 bytes',
    ],
    ['a whiteout', { 'dist/.wh.poem.js': { type: 'file', data: '' } }, 'a whiteout'],
    ['names that differ by case', { 'dist/Poem.js': { type: 'file', data: '' } }, 'by capital letters alone'],
    ['a machine.folder like a committed one', { 'Dist/a.js': { type: 'file', data: '' } }, 'by capital letters alone'],
  ] as const)('makes %s', async (_name, files, words) => {
    const found = await mistakes(
      (box) => {
        build(box);
        for (const [path, file] of Object.entries<BoxFile>(files)) box.files.set(`${MOUNT}/${path}`, file);
        return undefined;
      },
      { outputs: ['dist', ...('Dist/a.js' in files ? ['Dist'] : [])] },
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('build/step-odd-output: step dist of Poem made');
    expect(found[0]).toContain(words);
  });

  it('makes a socket, which no tar has', async () => {
    const found = await mistakes((box) => {
      build(box);
      box.change('dist/socket');
      return undefined;
    });
    expect(found).toEqual([
      'build/step-odd-output: step dist of Poem made "dist/socket", which is a socket, or nothing that can be taken out of a container',
    ]);
  });

  it('says nothing of an embargoed component’s files to others', async () => {
    machine.use({ bad: (box) => (box.say('secret'), 1) });
    const patch = { tree: machine.git.tree(poem), because: 'x', security: [{ digest: `sha256:${'0'.repeat(64)}` }] };
    const outcome = await machine.run(machine.poem(dist({ run: ['bad'] }), poem, patch));
    expect(outcome).toMatchObject({ diagnostics: [{ code: 'build/step-failed', visibility: 'private' }] });
    expect(JSON.stringify(machine.events)).not.toContain('secret');
    machine.use({});
    const done = valueOf(await machine.run(machine.poem(dist(), poem, patch)));
    expect(done.layers).toMatchObject([{ visibility: 'private' }]);
  });

  it('keeps links between outputs as what they lead to', async () => {
    machine.use({
      build: (box) => {
        build(box);
        box.files.set(`${MOUNT}/dist/latest.js`, { type: 'symlink', linkname: './poem.js' });
        return undefined;
      },
    });
    const { files } = valueOf(await machine.run(machine.poem(dist()))).layers[0]!;
    const [latest, , made] = files;
    expect({ ...latest, path: made!.path }).toEqual(made);
  });
});
