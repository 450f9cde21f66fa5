import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifySteps, type StepsDone, type StepsPlan } from '../../../../src/build/index.ts';
import { testContext } from '../../../worlds/context.ts';
import type { BoxProgram } from '../../../worlds/fakes/step-runner.ts';
import { valueOf } from '../../../worlds/overlays.ts';
import { build, dist, stepsMachine, type StepsMachine } from '../../../worlds/steps-machine.ts';

let machine: StepsMachine;

beforeEach(async () => {
  machine = await stepsMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

async function verified(program: BoxProgram): Promise<string[]> {
  machine.use({ build: program });
  const lock = machine.poem(dist());
  const plan: StepsPlan = valueOf(await machine.plan(lock));
  const done: StepsDone = valueOf(await machine.run(lock));
  const outcome = await verifySteps({ plan, done }, { lock }, { ports: machine.ports, context: testContext() });
  return outcome.ok ? [] : outcome.diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

it('accepts a step that makes the same twice', async () => {
  expect(await verified(build)).toEqual([]);
  expect(machine.ran()).toEqual(['build', 'build']);
});

it('names the files that differ, and those that come or go', async () => {
  let runs = 0;
  const outputs = await verified((box) => {
    runs += 1;
    build(box);
    box.write('dist/time.txt', String(runs));
    box.write(`dist/${runs}.js`, '');
    return 0;
  });
  expect(outputs).toEqual([
    'build/step-not-same: step dist of Poem made other bytes the second time: "dist/1.js" (only the first time), ' +
      '"dist/2.js" (only the second time), "dist/time.txt"',
  ]);
});

it('tells where the second run fails', async () => {
  let runs = 0;
  const outputs = await verified((box) => {
    runs += 1;
    build(box);
    return runs === 1 ? 0 : 9;
  });
  expect(outputs).toEqual(['build/step-failed: step dist of Poem ended with 9']);
});
