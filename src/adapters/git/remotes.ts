/** What listing refs and fetching commits share: where a url is fetched from, what the user set, how long silence may last. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { checkUrl } from '../../resolve/index.ts';
import type { GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';
import type { NetworkCommand } from './network-git.ts';
import { readUserConfig, type UserConfig } from './user-config.ts';

export interface Remotes {
  readonly git: GitProcesses;
  readonly mirrors: Mirrors;
  /** Fails with `resolve/unsafe-url`. */
  source(url: string): Outcome<string>;
  /** Read once, by one process; undefined where there is no git. */
  user(): Promise<UserConfig | undefined>;
  network(context: RunContext<never>): Promise<Omit<NetworkCommand, 'args'>>;
}

export function remotesOf(tools: {
  readonly git: GitProcesses;
  readonly mirrors: Mirrors;
  readonly silenceMs: number;
}): Remotes {
  const { git, mirrors, silenceMs } = tools;
  let reading: Promise<UserConfig | undefined> | undefined;
  const user: Remotes['user'] = () => (reading ??= readUserConfig(git));
  return {
    git,
    mirrors,
    user,
    source: (url) => {
      const safe = checkUrl(url);
      if (!safe.ok) return safe;
      const source = mirrors.source(url);
      // A rule in mwpipe.yaml may also name a folder of this machine.
      return source.startsWith('/') ? ok(source) : checkUrl(source);
    },
    network: async ({ signal }) => {
      const config = await user();
      return { signal, silenceMs, protocols: config?.allowedProtocols ?? '' };
    },
  };
}
