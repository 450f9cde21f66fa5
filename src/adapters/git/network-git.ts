/**
 * Git while it talks to a remote: no redirects, no helpers that run commands, nothing done on the side. Where the remote
 * falls silent, sends too much, or the run stops, git is ended with all that it started; it has gone when this returns.
 */
import { systemCodeOf } from '../../kernel/error.ts';
import type { Environment, GitChild, GitProcesses, GitResult } from './git-process.ts';

export interface NetworkCommand {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** Without a word (progress included) for so long, the remote counts as silent. */
  readonly silenceMs: number;
  /** From `UserConfig.allowedProtocols`. */
  readonly protocols: string;
  /** Told at once which process it is, so that whoever finds it orphaned can end it. */
  readonly onStart?: (pid: number) => void;
}

const QUIET = ['http.followRedirects=false', 'protocol.ext.allow=never', 'gc.auto=0', 'maintenance.auto=0'];
const OPTIONS = [...QUIET, 'fetch.recurseSubmodules=false', 'submodule.recurse=false'].flatMap((one) => ['-c', one]);
const MOST_BYTES = 64e6;
const KEPT_WORDS = 64_000;
const GRACE_MS = 2000;

export async function runNetwork(git: GitProcesses, command: NetworkCommand): Promise<GitResult> {
  command.signal.throwIfAborted();
  const env: Environment = { GIT_ALLOW_PROTOCOL: command.protocols };
  const child = git.start({ args: [...OPTIONS, ...command.args], env, group: true });
  if (child.pid !== undefined) command.onStart?.(child.pid);
  child.stdin.end();
  const result = await watch(child, command);
  command.signal.throwIfAborted();
  return result;
}

function watch(child: GitChild, { signal, silenceMs }: NetworkCommand): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let bytes = 0;
    let said = '';
    let ended = '';
    const end = (why: string): void => {
      if (ended === '') stop(child);
      ended ||= why;
    };
    const silence = setTimeout(() => end('block timeout reached'), silenceMs);
    const aborted = (): void => end('stopped');
    signal.addEventListener('abort', aborted, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      silence.refresh();
      bytes += chunk.length;
      if (bytes > MOST_BYTES) end('fatal: protocol error: sent more than 64 MB of refs');
      else out.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      silence.refresh();
      said = (said + text).slice(-KEPT_WORDS);
    });
    const settle = (): void => {
      clearTimeout(silence);
      signal.removeEventListener('abort', aborted);
    };
    child.on('error', (error) => {
      settle();
      if (systemCodeOf(error) === 'ENOENT') resolve({ code: 127, stdout: '', stderr: 'git: not found' });
      else reject(error);
    });
    child.on('close', (code) => {
      settle();
      const stderr = ended === '' ? ownWords(said) : ended;
      resolve({ code: ended === '' ? (code ?? 143) : 143, stdout: Buffer.concat(out).toString(), stderr });
    });
  });
}

/** Git's own, without its progress and without what the remote wanted to be shown. */
function ownWords(said: string): string {
  const lines = said.split(/[\r\n]+/).filter((line) => !/^remote: |^[A-Z][a-z ]+: +\d+/.test(line));
  return lines.join('\n').trim();
}

/** First asked, so that git removes its locks; then not asked any more. */
function stop(child: GitChild): void {
  endGroup(child.pid, 'SIGTERM');
  const harder = setTimeout(() => endGroup(child.pid, 'SIGKILL'), GRACE_MS);
  child.on('close', () => clearTimeout(harder));
}

function endGroup(leader: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (systemCodeOf(error) !== 'ESRCH') throw error; // it has ended
  }
}
