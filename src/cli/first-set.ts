/** The extension set that commands mean where none is named: the first target's. */
import type { Workspace } from '../kernel/workspace.ts';

export function firstSet(workspace: Workspace): string {
  return Object.values(workspace.document.value.targets)[0]?.set ?? 'demo';
}
