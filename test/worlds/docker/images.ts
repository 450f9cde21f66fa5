/** The runtimes that tests run on: the same that mwpipe builds for everybody, made once and kept in the engine. */
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import { environment } from '../../../src/cli/process.ts';
import { ensureRuntimeIn } from '../../../src/composition/build.ts';
import { openWorkspace } from '../../../src/kernel/workspace.ts';
import { testContext } from '../context.ts';
import { valueOf } from '../overlays.ts';

export type RuntimeImageName = 'web' | 'router' | 'mariadb';

/** @returns an image reference that the engine has */
export async function runtimeImage(name: RuntimeImageName): Promise<string> {
  const workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache: environment.cache() }));
  const wanted = name === 'web' ? { name: 'php82', flavour: 'web' } : { name, flavour: 'plain' };
  return valueOf(await ensureRuntimeIn(workspace, wanted, testContext())).imageId;
}
