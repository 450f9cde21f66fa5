/**
 * The refs of a remote. Asked without a process where nothing of the user's configuration stands in between; git has
 * the last word everywhere else: ssh, files, rewritten urls, proxies, logins, certificates, old protocols.
 */
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { checkRef } from '../../resolve/index.ts';
import type { GitRefs } from '../../resolve/ports.ts';
import { explain, explainFault, noGit, noMirror } from './explain.ts';
import { IS_OID, RemoteFault, type LsRefs } from './ls-refs/index.ts';
import { runNetwork } from './network-git.ts';
import type { Remotes } from './remotes.ts';

const EVERYTHING = ['refs/heads/', 'refs/tags/'] as const;

export function gitRefs(remotes: Remotes, ls: LsRefs): GitRefs {
  return {
    refs: async ({ url, prefixes = EVERYTHING }, context) => {
      const source = remotes.source(url);
      if (!source.ok) return source;
      const missing = remotes.mirrors.missing(url);
      if (missing !== undefined) return fail(noMirror(missing));
      const listed = await list({ source: source.value, prefixes }, { remotes, ls }, context);
      return listed.ok ? ok(matching(listed.value, prefixes)) : listed;
    },
  };
}

interface Asked {
  readonly source: string;
  readonly prefixes: readonly string[];
}

interface Tools {
  readonly remotes: Remotes;
  readonly ls: LsRefs;
}

type Listed = Outcome<ReadonlyMap<string, string>>;

async function list({ source, prefixes }: Asked, tools: Tools, context: RunContext<never>): Promise<Listed> {
  const user = await tools.remotes.user();
  if (user === undefined) return fail(noGit());
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url !== undefined && user.mayAskDirectly(url)) {
    const answer = await tools.ls.ask({ url, prefixes }, context);
    if (!(answer instanceof RemoteFault)) return ok(answer);
    if (answer.kind !== 'ask-git') return fail(explainFault(answer, source));
  }
  return listByGit({ source, prefixes }, tools.remotes, context);
}

async function listByGit({ source, prefixes }: Asked, remotes: Remotes, context: RunContext<never>): Promise<Listed> {
  const patterns = prefixes.map((prefix) => `${prefix}*`);
  const result = await runNetwork(remotes.git, {
    ...(await remotes.network(context)),
    args: ['ls-remote', '--quiet', '--', source, ...patterns],
  });
  return result.code === 0 ? ok(parseRefs(result.stdout)) : fail(explain(result.stderr, source));
}

/** An annotated tag is listed twice, the second time as `tag^{}` with its commit: that one is meant. */
function parseRefs(listing: string): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [oid = '', ref = ''] = line.split('\t');
    if (IS_OID.test(oid)) refs.set(ref.replace(/\^\{\}$/, ''), oid);
  }
  return refs;
}

/** A server may send more than it was asked for, and names that git would refuse: nobody could fetch those. */
function matching(refs: ReadonlyMap<string, string>, prefixes: readonly string[]): ReadonlyMap<string, string> {
  const wanted = [...refs].filter(([ref]) => prefixes.some((prefix) => ref.startsWith(prefix)) && checkRef(ref).ok);
  return new Map(wanted);
}
