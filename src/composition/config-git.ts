/** git for config: which commit a push comes from, what lies between two, and overlays as a commit has them. */
import { environment } from '../cli/process.ts';
import type { ConfigCommit, ConfigGit, ConfigSource } from '../config/git-ports.ts';
import type { CheckoutSource, Stop } from '../config/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';

type Place = Pick<Workspace, 'root' | 'cache'>;

/** Loads git's adapter when it is called. */
export async function configGitOf({ cache }: Pick<Place, 'cache'>): Promise<ConfigGit> {
  const { configGit } = await import('../adapters/git/config-git.ts');
  return configGit({ cache, environment: environment.inherited() });
}

/** For overlays that are a checkout of another repo, at one of its commits. */
export function checkoutSourceOf(place: Pick<Place, 'cache'>, context: Stop): CheckoutSource {
  return {
    at: async (wish) => {
      const git = await configGitOf(place);
      return git.overlaysAt({ ...wish, commit: revisionOf(wish.commit) }, context);
    },
  };
}

/** git's own `HEAD` may be typed as `head`. */
export function revisionOf(name: string): string {
  return /^head(?=$|[~^@])/i.test(name) ? `HEAD${name.slice(4)}` : name;
}

/**
 * Of mwpipe.yaml and these overlays (all that stack: `bundle.overlays`); what else changed in the work tree is no matter.
 * @returns undefined where there is no commit to name: no git repo, none in it yet, or no git on this machine
 */
export async function configSourceOf(
  place: Place,
  { overlays, branch }: { readonly overlays: readonly string[]; readonly branch?: string | undefined },
  context: Stop,
): Promise<Outcome<ConfigSource | undefined>> {
  const git = await configGitOf(place);
  const asked = branch === undefined ? {} : { branch };
  const source = await git.sourceOf({ root: place.root, paths: pathsOf(overlays), ...asked }, context);
  if (source.ok || !source.diagnostics.every(({ code }) => NO_COMMIT.has(code))) return source;
  return ok(undefined);
}

const NO_COMMIT: ReadonlySet<string> = new Set(['git/not-a-repo', 'git/no-commit', 'git/missing']);

/** Those of `to` that `from` hasn't, newest first, that touch mwpipe.yaml or these overlays. */
export async function configCommitsBetween(
  place: Place,
  { overlays, from, to }: { readonly overlays: readonly string[]; readonly from: string; readonly to: string },
  context: Stop,
): Promise<Outcome<readonly ConfigCommit[]>> {
  const git = await configGitOf(place);
  return git.commitsBetween({ root: place.root, paths: pathsOf(overlays), from, to }, context);
}

function pathsOf(overlays: readonly string[]): string[] {
  return ['mwpipe.yaml', ...overlays.map((name) => `config-overlays/${name}`)];
}
