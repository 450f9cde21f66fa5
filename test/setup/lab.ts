/** Before vitest's files: those that ask for a cluster share one, which goes when they end (or when `npm test` does). */
import { removeRunCluster } from '../lab/cluster.ts';

export default function setup(): (() => Promise<void>) | undefined {
  if (process.env['MWPIPE_LAB_RUN'] !== undefined) return undefined;
  const run = String(process.pid);
  process.env['MWPIPE_LAB_RUN'] = run;
  return () => removeRunCluster(run);
}
