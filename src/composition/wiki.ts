/** What adding a wiki needs of its target: a place where databases can be made from here. */
import { fail, type Outcome } from '../kernel/outcome.ts';
import type { Workspace } from '../kernel/workspace.ts';
import type { TargetTools } from '../release/index.ts';
import { targetToolsOf } from './deploy.ts';

/** @returns fails with `wiki/kubernetes`, and as targetToolsOf */
export async function wikiToolsOf(workspace: Workspace, target: string): Promise<Outcome<TargetTools>> {
  const { document } = workspace;
  if (document.value.targets[target]?.kind !== 'kubernetes') return targetToolsOf(workspace, target);
  return fail({
    code: 'wiki/kubernetes',
    message: `${target} is a target of kind kubernetes: mwpipe pushes config there, and can't make a wiki's database yet`,
    hint: `make it in a pod (maintenance/run.php install --dbname WIKI, then update --wiki=WIKI), write WIKI into wikis.yaml, then: mwpipe config push --to ${target}`,
    at: document.at(['targets', target, 'kind']),
    exit: 'refused',
  });
}
