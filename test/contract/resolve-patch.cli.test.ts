/** `mwpipe resolve SET --patch N` as a user types it, on a small real Gerrit: the text, the lock, a dry run, a hostile subject. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../worlds/command.ts';
import { reviewedSet, type ReviewedSet } from '../worlds/reviewed-set.ts';

const PROGRAM = join(import.meta.dirname, '../../src/cli/mwpipe.ts');

async function mwpipe(set: ReviewedSet, ...args: readonly string[]) {
  const { from, to } = set.mirror;
  const target = 'targets:\n  here: { kind: docker, set: demo, overlays: [demo] }\n';
  await writeFile(join(set.root, 'mwpipe.yaml'), `version: 1\nmirrors: [{ from: ${from}, to: "${to}" }]\n${target}`);
  const command = [process.execPath, PROGRAM, ...args, '--workspace', set.root] as const;
  return runCommand(command, { env: { MWPIPE_CACHE: join(set.root, 'cli-cache') } });
}

it('shows what comes on top and why, writes it into the lock, and builds on that afterwards', async () => {
  await using set = await reviewedSet();
  const core = await set.change('core', { subject: 'Make \u001b[31mred\u001b[0m hooks\u0007' });
  const merged = await set.change('extensions/Thanks', { status: 'MERGED' });
  const echo = await set.change('extensions/Echo', { dependsOn: [core, merged] });
  const dry = await mwpipe(set, 'resolve', 'demo', '--patch', `${echo.number}`, '--dry-run');
  expect(dry.stdout).toContain('not written');
  const done = await mwpipe(set, 'resolve', 'demo', '--patch', `${echo.number}/1`);
  expect(done.code).toBe(0);
  expect(done.stderr).toContain('core: 1001/1 on top (1003 depends on it)  Make red hooks\n');
  expect(done.stderr).toContain('mediawiki/extensions/Thanks 1002/1: merged, nothing to apply (to master)\n');
  expect(done.stdout).toMatch(
    /Changes on top, in this order:\n\s*core\s+1001\/1\s+1003 depends on it\n\s*Echo\s+1003\/1\s+asked for\n/,
  );
  const lock = await readFile(join(set.root, 'extension-sets/demo.lock.yaml'), 'utf8');
  expect(lock).toContain('ref: refs/changes/03/1003/1');
  expect((await mwpipe(set, 'resolve', 'demo', '--frozen', '--patch', '1003/1')).code).toBe(0);
  const without = await mwpipe(set, 'resolve', 'demo', '--frozen');
  expect(without.code).toBe(1);
  expect(without.stderr).toMatch(/Echo master@\w{7} \+1003\/1 → master@\w{7}/);
});

it('gives the same as JSON, and says what is no change', async () => {
  await using set = await reviewedSet();
  const echo = await set.change('extensions/Echo');
  const page = `${set.gerrit}/c/mediawiki/extensions/Echo/+/${echo.number}/1`;
  const done = await mwpipe(set, 'resolve', 'demo', '--patch', page, '--json');
  const lines = done.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { code: string });
  expect(lines).toContainEqual(
    expect.objectContaining({
      code: 'resolve/change-applied',
      component: 'Echo',
      change: 1001,
      subject: 'Change 1001',
    }),
  );
  expect(lines.at(-1)).toMatchObject({ code: 'result', exit: 0, value: { lock: { schema: 'mwpipe.lock/2' } } });
  const wrong = await mwpipe(set, 'resolve', 'demo', '--patch', 'Echo', '--patch', '0');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/"Echo" is no change.*\n(?:.*\n)*"0" is no change/);
});
