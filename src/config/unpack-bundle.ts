/** Writes a bundle into a folder of this machine, for a check in an image where nothing is deployed yet. */
import { join } from 'node:path';
import { writeAtomically } from '../kernel/write-atomically.ts';
import type { Mount } from '../kernel/runner.ts';
import type { Bundle } from './bundle.ts';

/** @returns what a check mounts. The same bundle again writes the same bytes, so two runs at once do no harm. */
export async function unpackBundle(bundle: Bundle, folder: string): Promise<Mount> {
  for (const [path, data] of bundle.files) await writeAtomically(join(folder, 'bundles', bundle.hash, path), data);
  return { kind: 'bind', source: folder, target: '/srv/overlay', readOnly: true };
}
