import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Advisory } from '../../../../src/build/steps-ports.ts';
import { valueOf } from '../../../worlds/overlays.ts';
import { dist, poem, stepsMachine, type StepsMachine } from '../../../worlds/steps-machine.ts';

let machine: StepsMachine;
let asked: unknown[];

const lock = JSON.stringify({ packages: { 'node_modules/lodash': { version: '4.17.4' } } });
const files = { ...poem, 'package-lock.json': lock };
const advisory = (severity: Advisory['severity']): Advisory => ({
  ...{ package: 'lodash', severity, title: 'Command Injection', url: 'https://e/GHSA', versions: '<4.17.21' },
});

beforeEach(async () => {
  machine = await stepsMachine();
  asked = [];
});
afterEach(() => machine[Symbol.asyncDispose]());

function knows(...advisories: readonly Advisory[]): void {
  const about = (packages: unknown) => {
    asked.push(packages);
    return Promise.resolve({ answered: true as const, advisories });
  };
  machine.ports = { ...machine.ports, advisories: { about } };
}

it('tells what is known of a component’s packages, and asks nobody where nothing runs', async () => {
  knows(advisory('high'));
  const done = valueOf(await machine.run(machine.poem(dist(), files)));
  expect(done.audits).toEqual([{ component: 'Poem', done: true, packages: 1, found: [advisory('high')] }]);
  expect(machine.events).toContainEqual({
    ...{ code: 'build/audit-found', component: 'Poem', package: 'lodash', versions: ['4.17.4'] },
    ...{ severity: 'high', title: 'Command Injection', url: 'https://e/GHSA' },
  });
  await machine.run(machine.poem(dist(), files));
  expect(asked).toEqual([{ lodash: ['4.17.4'] }]);
});

it('fails from the severity on that a step names, before anything runs', async () => {
  knows(advisory('high'), advisory('low'));
  expect(await machine.run(machine.poem(dist({ audit: 'moderate' }), files))).toMatchObject({
    diagnostics: [
      { code: 'build/audit-failed', message: 'Poem: lodash <4.17.21 is high: Command Injection', exit: 'failed' },
    ],
  });
  expect(machine.ran()).toEqual([]);
  expect((await machine.run(machine.poem(dist({ audit: 'critical' }), files))).ok).toBe(true);
});

it('says that it was not done, and why', async () => {
  const done = valueOf(await machine.run(machine.poem(dist({ audit: 'low' }), files)));
  expect(done.audits).toEqual([{ component: 'Poem', done: false, because: 'no registry' }]);
  const broken = valueOf(await machine.run(machine.poem(dist(), { ...poem, 'package-lock.json': '<<<<' })));
  expect(broken.audits).toMatchObject([{ done: false, because: 'package-lock.json is no lock of npm' }]);
});

it('asks nothing about an embargoed component', async () => {
  knows();
  const patch = { tree: machine.git.tree(files), because: 'x', security: [{ digest: `sha256:${'0'.repeat(64)}` }] };
  expect(valueOf(await machine.run(machine.poem(dist(), files, patch))).audits).toMatchObject([{ done: false }]);
  expect(asked).toEqual([]);
});
