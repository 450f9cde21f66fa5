/** git for the steps of one workspace: its cache, its mirrors. */
import type { GitPorts } from '../adapters/git/index.ts';
import { environment } from '../cli/process.ts';
import type { Workspace } from '../kernel/workspace.ts';

export type { GitPorts } from '../adapters/git/index.ts';

/** Loads simple-git when it is called. */
export async function gitOf(workspace: Workspace): Promise<GitPorts> {
  const { openGit } = await import('../adapters/git/index.ts');
  const { mirrors } = workspace.document.value;
  return openGit({ cache: workspace.cache, mirrors, environment: environment.inherited() });
}
