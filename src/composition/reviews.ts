/** Review servers for the steps of one workspace: its mirrors serve them as they serve repos. */
import type { Workspace } from '../kernel/workspace.ts';
import type { Reviews } from '../resolve/index.ts';

export async function reviewsOf(workspace: Workspace): Promise<Reviews> {
  const { openReviews } = await import('../adapters/gerrit/index.ts');
  return openReviews({ mirrors: workspace.document.value.mirrors });
}
