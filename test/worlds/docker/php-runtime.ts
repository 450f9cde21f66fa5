/** MediaWiki's runtime without MediaWiki: PHP, FPM, nginx and our programs, built as `mwpipe build` builds it. */
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import { environment } from '../../../src/cli/process.ts';
import { ensureRuntimeIn } from '../../../src/composition/build.ts';
import { openWorkspace } from '../../../src/kernel/workspace.ts';
import { testContext } from '../context.ts';
import { valueOf } from '../overlays.ts';

/** @returns its image ID; quick when the engine has it */
export async function phpRuntime(): Promise<string> {
  const workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache: environment.cache() }));
  return valueOf(await ensureRuntimeIn(workspace, { name: 'php82', flavour: 'web' }, testContext())).imageId;
}
