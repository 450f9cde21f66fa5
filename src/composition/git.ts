/** git for the steps of one workspace: its cache, its mirrors. */
import type { GitPorts } from '../adapters/git/index.ts';
import { environment } from '../cli/process.ts';
import type { Workspace } from '../kernel/workspace.ts';

export type { GitPorts } from '../adapters/git/index.ts';

/** Loads simple-git when it is called. */
export async function gitOf(workspace: Workspace, embargoed = false): Promise<GitPorts> {
  const { openGit } = await import('../adapters/git/index.ts');
  const { mirrors } = workspace.document.value;
  return openGit({ cache: workspace.cache, mirrors, environment: environment.inherited(), embargoed });
}

/** The same for one verb: the git that reads objects for it is ended with it. */
export async function withGit<Value>(
  workspace: Workspace,
  verb: (git: GitPorts) => Promise<Value>,
  options: { readonly embargoed?: boolean } = {},
): Promise<Value> {
  const git = await gitOf(workspace, options.embargoed);
  try {
    return await verb(git);
  } finally {
    await git.close();
  }
}
