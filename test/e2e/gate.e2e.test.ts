/** `mwpipe gate` on the demo's set: all of it once, then only what a change can reach, and the truth either way. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import type { GateReport, TestPlan } from '../../src/test/index.ts';
import { cacheWithoutMaps } from '../worlds/cache-without-maps.ts';
import { runCommand } from '../worlds/command.ts';
import { ensureWorld, worldCheckout } from '../worlds/mediawiki/index.ts';
import { breakCiteClass, changeCiteClass } from '../worlds/patches/index.ts';

const cache = process.env['MWPIPE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mwpipe');
const program = join(import.meta.dirname, '../../src/cli/mwpipe.ts');

let folder: string;
let cite: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-gate-e2e-'));
  cite = join(folder, 'Cite');
  const context = { signal: new AbortController().signal, clock: systemClock, emit: () => undefined };
  const world = await ensureWorld({ cache, context });
  if (!world.ok) throw new Error(world.diagnostics[0].message);
  await worldCheckout(world.value, { component: 'extensions/Cite', branch: 'wmf/1.43.0-wmf.1', into: cite });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly exit: number;
  readonly plan: TestPlan;
  readonly report: GateReport;
}

async function gate(own: string, ...args: string[]): Promise<Ended> {
  const { code, stdout, stderr } = await runCommand(
    [process.execPath, program, '--json', 'gate', 'demo', '--with', cite, ...args],
    { cwd: checkoutRoot, env: { MWPIPE_CACHE: own } },
  );
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { value?: object };
  if (result.value === undefined) throw new Error(stdout.slice(-2000) + stderr);
  return { exit: code, ...result.value } as Ended;
}

it('runs all once, then what a change can reach, and takes over the rest', async () => {
  const own = await cacheWithoutMaps(cache, folder);
  await changeCiteClass(cite);
  const first = await gate(own);
  expect(first.report).toMatchObject({ passed: true, passedBefore: 0, failedBefore: [] });
  expect(first.exit).toBe(0);
  expect(first.report.ran.classes).toBeGreaterThan(first.plan.total - 1);

  const again = await gate(own, '--dry-run');
  expect(again.plan.selected.length).toBeLessThan(10);

  const validator = join(cite, 'src/Validator.php');
  const before = await readFile(validator, 'utf8');
  await breakCiteClass(cite);
  const broken = await gate(own);
  expect(broken.exit).toBe(1);
  expect(broken.report.passed).toBe(false);
  expect(broken.report.ran.failed.map((one) => one.class.replace(/^.*\\/, ''))).toContain('ValidatorTest');
  expect(broken.report.passedBefore).toBeGreaterThan(80);
  expect(broken.plan.selected.some(({ because }) => because[0]?.what === 'extensions/Cite/src/Validator.php')).toBe(
    true,
  );

  await writeFile(validator, before);
  const back = await gate(own, '--dry-run');
  expect(back.plan.selected).toEqual(again.plan.selected);
  expect((await gate(own, '--dry-run', '--no-cache')).plan.selected).toHaveLength(first.plan.total);
});
