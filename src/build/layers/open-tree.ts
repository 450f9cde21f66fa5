/** Makes a component's tree readable, and checks that its commit has the tree that the lock says. */
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { GitObjects } from '../../resolve/index.ts';
import type { MountedTree } from './mount.ts';

/** @returns fails as `GitObjects.fetch` does, and with `build/wrong-tree` */
export async function openTree(
  { name, url, commit, ref, tree, patched = false }: MountedTree,
  objects: GitObjects,
  context: RunContext<never>,
): Promise<Outcome<void>> {
  if (patched) return ok();
  const fetched = await objects.fetch({ url, commit, ref }, context);
  if (!fetched.ok) return fetched;
  if (fetched.value.tree === tree) return ok();
  const [at, has, says] = [commit, fetched.value.tree, tree].map((id) => id.slice(0, 12));
  return fail({
    code: 'build/wrong-tree',
    message: `${name}: commit ${at ?? ''} has tree ${has ?? ''}, the lock says ${says ?? ''}`,
    hint: 'the lock was edited or merged by hand: write it again with mwpipe resolve',
  });
}
