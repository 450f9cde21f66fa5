/** Takes a file lock, says so, and works under it until it is told to end or killed; adds a line to a file each time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { withFileLock } from '../../src/kernel/file-lock.ts';
import { testContext } from './context.ts';

const [path = '', what = '', turns = '1'] = process.argv.slice(2);
const context = { ...testContext(), emit: () => undefined };

if (what === 'hold') {
  await withFileLock(path, context, async (lock) => {
    const program = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    lock.startedProgram(program.pid ?? 0);
    process.send?.({ program: program.pid });
    await once(process, 'message');
    program.kill();
  });
} else {
  for (let turn = 0; turn < Number(turns); turn += 1) {
    await withFileLock(path, context, async () => {
      await (await open(`${path}.inside`, 'wx')).close(); // fails where another is in
      const count = Number(await readFile(`${path}.count`, 'utf8').catch(() => '0'));
      await writeFile(`${path}.count`, String(count + 1));
      await rm(`${path}.inside`);
    });
  }
}
if (process.connected) process.disconnect();
