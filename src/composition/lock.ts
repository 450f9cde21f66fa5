/** What is told of locks, with real git. */
import type { RunContext } from '../kernel/run-context.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  lockChangelog,
  readOutdated,
  type Changelog,
  type ChangelogRequest,
  type Outdated,
  type OutdatedRequest,
  type ResolveEvent,
} from '../resolve/index.ts';
import { gitOf } from './git.ts';

export async function changelogIn(
  workspace: Workspace,
  request: Omit<ChangelogRequest, 'root'>,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Changelog>> {
  const { history } = await gitOf(workspace);
  return lockChangelog({ ...request, root: workspace.root }, history, context);
}

export async function outdatedIn(
  workspace: Workspace,
  request: Omit<OutdatedRequest, 'root'>,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<Outdated>> {
  const { refs } = await gitOf(workspace);
  return readOutdated({ ...request, root: workspace.root }, refs, context);
}
