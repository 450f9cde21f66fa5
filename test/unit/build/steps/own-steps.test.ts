import type { BuildChoice } from '../../../../src/kernel/build-steps.ts';
import { fail } from '../../../../src/kernel/outcome.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dist, poem, stepsMachine, type StepsMachine } from '../../../worlds/steps-machine.ts';
import { valueOf } from '../../../worlds/overlays.ts';

let machine: StepsMachine;

beforeEach(async () => {
  machine = await stepsMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

describe('who says what is built', () => {
  const own = (text: string) => ({ ...poem, '.pipeline/mwpipe.yaml': text });
  const asks = (more = ''): string =>
    `version: 1\nbuild:\n  - name: dist\n    run: [build]\n    outputs: [dist]\n${more}`;

  it('the component’s own file, where the set says nothing', async () => {
    expect(valueOf(await machine.run(machine.poem(undefined, own(asks())))).steps).toMatchObject([{ state: 'made' }]);
  });

  it('the set, before the component’s own file', async () => {
    const lock = machine.poem(false, own(asks()));
    expect(valueOf(await machine.plan(lock)).steps).toEqual([]);
    const other = machine.poem(dist({ name: 'sets' }), own(asks()));
    expect(valueOf(await machine.plan(other)).steps).toMatchObject([{ by: 'set', spec: { name: 'sets' } }]);
  });

  it('no component’s own file opens the network, unless the set lets it', async () => {
    const files = own(asks('    network: true\n'));
    expect(await machine.plan(machine.poem(undefined, files))).toMatchObject({
      diagnostics: [
        {
          code: 'build/step-wants-network',
          exit: 'refused',
          at: { file: 'Poem/.pipeline/mwpipe.yaml', line: 6, column: 14 },
        },
      ],
    });
    expect(valueOf(await machine.plan(machine.poem({ network: true }, files))).steps).toMatchObject([
      { by: 'component', spec: { network: true } },
    ]);
  });

  it('points at mistakes in it', async () => {
    const outcome = await machine.plan(
      machine.poem(undefined, own('version: 1\nbuild:\n  - name: a\n    run: x\n    outputs: [../b]\n')),
    );
    expect(outcome).toMatchObject({ diagnostics: [{ code: 'yaml/wrong-value', at: { line: 5 } }] });
  });

  it('a pipeline of another tool is recognised, and not run', async () => {
    const lock = machine.poem(undefined, { ...poem, '.pipeline/config.yaml': 'pipelines: {}' });
    expect(valueOf(await machine.plan(lock)).steps).toEqual([]);
    expect(machine.events).toEqual([
      { code: 'build/foreign-pipeline', component: 'Poem', file: '.pipeline/config.yaml' },
    ]);
  });

  it('refuses steps that make the same file, and inputs that are not there', async () => {
    const choice: BuildChoice = [
      { name: 'a', run: ['x'], outputs: ['dist'] },
      { name: 'b', run: ['x'], outputs: ['dist/b.js'] },
    ];
    expect(await machine.plan(machine.poem(choice))).toMatchObject({
      diagnostics: [{ code: 'build/step-same-output' }],
    });
    expect(await machine.plan(machine.poem(dist({ inputs: ['sources'] })))).toMatchObject({
      diagnostics: [{ code: 'build/step-no-input', message: expect.stringContaining('"sources"') as unknown }],
    });
  });

  it('an engine that fails is told as such', async () => {
    const gone = fail({ code: 'docker/not-running', message: 'no engine', exit: 'outside' });
    machine.ports = { ...machine.ports, runner: { run: () => Promise.resolve(gone) } };
    expect(await machine.run(machine.poem(dist()))).toEqual(gone);
  });
});
