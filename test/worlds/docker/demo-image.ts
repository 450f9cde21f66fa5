/** The demo's image, built by mwpipe from the world's repos: made once, quick when the engine has it. */
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import { environment } from '../../../src/cli/process.ts';
import { buildIn } from '../../../src/composition/build.ts';
import { openWorkspace } from '../../../src/kernel/workspace.ts';
import { testContext } from '../context.ts';
import { ensureWorld } from '../mediawiki/index.ts';
import { valueOf } from '../overlays.ts';

/** @returns its image ID */
export async function demoImage(): Promise<string> {
  const cache = environment.cache();
  valueOf(await ensureWorld({ cache, context: testContext() }));
  const workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache }));
  const options = { set: 'demo', runtime: 'php82', flavour: 'web', patches: [] } as const;
  return valueOf(await buildIn(workspace, options, testContext())).imageId;
}
