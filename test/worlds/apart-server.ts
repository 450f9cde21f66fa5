/** A git server in a process of its own, for benches: `await using server = await serveApart('git', root)`. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { GitServerOptions } from './git-servers.ts';

interface Counts {
  readonly connections: number;
  readonly requests: number;
}

export interface ApartServer extends AsyncDisposable {
  readonly url: string;
  counts(): Promise<Counts>;
}

/** `git`: git daemon; `http`: smart HTTP. */
export async function serveApart(
  kind: 'git' | 'http',
  root: string,
  options: GitServerOptions = {},
): Promise<ApartServer> {
  const child = fork(join(import.meta.dirname, 'child-git-server.ts'), [kind, root, JSON.stringify(options)]);
  const [{ url }] = (await once(child, 'message')) as [{ readonly url: string }];
  return {
    url,
    counts: async () => {
      child.send('counts');
      const [counts] = (await once(child, 'message')) as [Counts];
      return counts;
    },
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
