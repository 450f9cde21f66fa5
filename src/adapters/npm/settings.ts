/** Where this machine's npm gets packages from: as npm itself is set up here, by whichever of its files and variables. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const DEADLINE_MS = 10_000;

/** Undefined where there is no npm. */
export async function npmRegistry(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'], { timeout: DEADLINE_MS });
    return /^https?:\/\//.test(stdout) ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}
