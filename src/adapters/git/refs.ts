/** The refs of a remote, by simple-git's ls-remote. */
import { messageOf } from '../../kernel/error.ts';
import { fail, ok } from '../../kernel/outcome.ts';
import type { GitRefs } from '../../resolve/ports.ts';
import { gitClient } from './client.ts';
import { explain, noMirror } from './explain.ts';
import type { GitProcesses } from './git-process.ts';
import type { Mirrors } from './mirrors.ts';

/** Without a byte for so long, a remote counts as silent. */
const SILENCE_MS = 60_000;

export function gitRefs(mirrors: Mirrors, git: GitProcesses): GitRefs {
  return {
    refs: async ({ url, prefixes = ['refs/heads/', 'refs/tags/'] }, { signal }) => {
      const missing = mirrors.missing(url);
      if (missing !== undefined) return fail(noMirror(missing));
      const client = gitClient(git, { signal, silenceMs: SILENCE_MS });
      try {
        return ok(parseRefs(await client.listRemote([mirrors.source(url)]), prefixes));
      } catch (cause) {
        signal.throwIfAborted();
        return fail(explain(messageOf(cause), url));
      }
    },
  };
}

/** An annotated tag is listed twice, the second time as `tag^{}` with its commit: that one is meant. */
function parseRefs(listing: string, prefixes: readonly string[]): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [oid, ref] = line.split('\t');
    if (oid === undefined || ref === undefined || !prefixes.some((prefix) => ref.startsWith(prefix))) continue;
    refs.set(ref.replace(/\^\{\}$/, ''), oid);
  }
  return refs;
}
