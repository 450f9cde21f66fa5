/** Security patches, with real git and the private patch tree that the workspace names. */
import { resolve } from 'node:path';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  applySecurity,
  checkSecurity,
  writePrivateLock,
  type CheckRequest,
  type PrivateLock,
  type Resolved,
  type ResolveEvent,
  type Secured,
  type SecurityPatches,
  type SecurityTable,
} from '../resolve/index.ts';
import { withGit } from './git.ts';

export interface CheckOptions extends Pick<CheckRequest, 'sets' | 'branches'> {
  readonly patches: Omit<SecurityPatches, 'folder'>;
  /** @default what mwpipe.yaml names */
  readonly folder?: string;
}

export async function checkSecurityIn(
  workspace: Workspace,
  { folder, patches, ...request }: CheckOptions,
  context: RunContext<ResolveEvent>,
): Promise<Outcome<SecurityTable>> {
  const tree = patchTreeOf(workspace, folder);
  if (!tree.ok) return tree;
  const wanted = { root: workspace.root, ...request, patches: { ...patches, folder: tree.value } };
  return withGit(workspace, (git) => checkSecurity(wanted, git, context));
}

export interface SecuredResult extends Secured {
  /** Undefined where work trees are beneath: only this machine has them. */
  readonly file: PrivateLock | undefined;
}

/** Puts security patches on top of what was resolved, into a private lock. */
export async function secureIn(
  workspace: Workspace,
  request: { readonly resolved: Resolved; readonly mode: 'write' | 'dry-run' | 'frozen'; readonly folder?: string },
  context: RunContext<ResolveEvent>,
): Promise<Outcome<SecuredResult>> {
  const { resolved, mode, folder } = request;
  const tree = patchTreeOf(workspace, folder);
  if (!tree.ok) return tree;
  return withGit(workspace, async (git) => {
    const { lock } = resolved;
    const secured = await applySecurity({ lock, patches: { folder: tree.value } }, git, context);
    if (!secured.ok) return secured;
    if (lock.components.some(({ patch }) => patch?.from !== undefined))
      return ok({ ...secured.value, file: undefined });
    const { root } = workspace;
    const file = await writePrivateLock({ root, lock: secured.value.lock, mode }, git.tracked, context);
    return file.ok ? ok({ ...secured.value, file: file.value }) : file;
  });
}

function patchTreeOf({ root, document }: Workspace, named: string | undefined): Outcome<string> {
  const folder = named ?? document.value.security?.patches;
  if (folder !== undefined) return ok(resolve(root, folder));
  return fail({
    code: 'security/no-tree',
    message: 'nothing says where the private patch tree is',
    hint: 'name it with --patches DIR, or under "security: { patches: DIR }" in mwpipe.yaml',
  });
}
