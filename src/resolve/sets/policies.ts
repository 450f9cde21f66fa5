/** The branch policy of each component of a set, its variables filled in. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import { allVariables, fillBranches, type BranchPolicy } from './choose-ref.ts';
import type { ExtensionSet, SetComponent } from './extension-set.ts';

/** Where somebody named a train, core has that one or none. Fails as `fillBranches` does. */
export function policiesOf(
  set: ExtensionSet,
  variables: Readonly<Record<string, string>>,
): Outcome<(component: SetComponent) => BranchPolicy> {
  const branches = fillBranches(set, variables);
  if (!branches.ok) return branches;
  const named = Object.keys(variables).length > 0;
  const all = allVariables(set, variables);
  return ok(({ kind }) => ({ branches: branches.value, firstOnly: named && kind === 'core', variables: all }));
}
