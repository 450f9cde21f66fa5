/** simple-git as this adapter uses it: the adapter's environment, and none of the caller's checks twice. */
import { simpleGit, type SimpleGit } from 'simple-git';
import type { Environment, GitProcesses } from './git-process.ts';

export interface ClientOptions {
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** Without a byte for so long, git is ended. @default no limit */
  readonly silenceMs?: number;
  readonly env?: Environment;
}

/** It refuses what an attacker could slip into arguments or the environment; the user's own settings are no attack. */
const OWN_SETTINGS = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeEditor: true,
  allowUnsafeExec: true,
  allowUnsafeDiffExternal: true,
  allowUnsafePager: true,
  allowUnsafeGitProxy: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
} as const;

export function gitClient(git: GitProcesses, options: ClientOptions = {}): SimpleGit {
  const env = { ...git.environment, ...options.env };
  const client = simpleGit({
    ...(options.folder === undefined ? {} : { baseDir: options.folder }),
    ...(options.signal === undefined ? {} : { abort: options.signal }),
    ...(options.silenceMs === undefined ? {} : { timeout: { block: options.silenceMs } }),
    allowEnvironment: Object.keys(env),
    unsafe: OWN_SETTINGS,
  });
  return client.env(env);
}
