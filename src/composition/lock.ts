/** What is told of locks, with real git. */
import type { RunContext } from '../kernel/run-context.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import { lockChangelog, type Changelog, type ChangelogRequest, type ResolveEvent } from '../resolve/index.ts';
import { gitOf } from './git.ts';

export async function changelogIn(
  workspace: Workspace,
  request: Omit<ChangelogRequest, 'root'>,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Changelog>> {
  const { history } = await gitOf(workspace);
  return lockChangelog({ ...request, root: workspace.root }, history, context);
}
