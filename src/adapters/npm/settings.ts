/** How this machine reaches npm's registry: as npm itself is set up here, by whichever of its files and variables. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface NpmSettings {
  readonly registry: string | undefined;
  /** File of the certificates that npm trusts, where it was told of one. */
  readonly cafile: string | undefined;
}

const DEADLINE_MS = 10_000;

/** Nothing is set where there is no npm. */
export async function npmSettings(): Promise<NpmSettings> {
  const [registry, cafile] = await Promise.all([setting('registry'), setting('cafile')]);
  return { registry, cafile };
}

async function setting(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['config', 'get', name], { timeout: DEADLINE_MS });
    const value = stdout.trim();
    return value === '' || value === 'null' || value === 'undefined' ? undefined : value;
  } catch {
    return undefined;
  }
}
