/** Kubernetes' programs in mwpipe's cache, built once, and the script that makes clusters of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the lab keeps between runs, under mwpipe's cache. */
export const LAB_CACHE = join(
  process.env['MWPIPE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mwpipe'),
  'lab',
);
const PROGRAMS_FOLDER = join(LAB_CACHE, 'kubernetes-1.20.2', 'bin');

/** 5-8 minutes the first time, with its progress on standard error; nothing where they are there. */
export async function buildPrograms(): Promise<void> {
  await script('build-kubernetes.sh', [PROGRAMS_FOLDER]);
}

/** @returns what cluster.sh printed */
export async function clusterScript(...argv: readonly string[]): Promise<string> {
  return script('cluster.sh', argv);
}

/** Why this machine can't have a cluster; undefined where it can, or where another one is named. */
export async function labProblem(): Promise<string | undefined> {
  if ((process.env['MWPIPE_TEST_KUBECONFIG'] ?? '') !== '') {
    const how = (process.env['MWPIPE_TEST_LOAD'] ?? '') !== '';
    return how
      ? undefined
      : 'MWPIPE_TEST_KUBECONFIG names a cluster, but MWPIPE_TEST_LOAD no command that brings it images';
  }
  const { code, stdout } = await ended('cluster.sh', ['check']);
  return code === 0 ? undefined : stdout.trim();
}

async function script(name: string, argv: readonly string[]): Promise<string> {
  const { code, stdout } = await ended(name, argv);
  if (code !== 0) throw new Error(`test/lab/${name} ${argv.join(' ')} ended with ${String(code)}: ${stdout.trim()}`);
  return stdout;
}

async function ended(
  name: string,
  argv: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string }> {
  const env = { ...process.env, LAB_PROGRAMS: PROGRAMS_FOLDER };
  const child = spawn(join(import.meta.dirname, name), argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 143, stdout };
}
