/** Images that were built elsewhere: from whichever registry verifies into the engine. */
import { join } from 'node:path';
import { z } from 'zod';
import { heldLayers, imageTag, pullImage, type BuildEvent, type PulledImage } from '../build/index.ts';
import { blobStore } from '../kernel/blob-store.ts';
import { short, type Digest } from '../kernel/digest.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import type { MadeImage } from '../release/index.ts';
import { registriesOf } from './registries.ts';

const configSchema = z.object({
  config: z.object({ Labels: z.object({ 'mwpipe.set': z.string(), 'mwpipe.mediawiki': z.string() }) }),
});

/**
 * One registry that is down, lacks it or lies doesn't stop it: the next is asked.
 * @returns fails with `registry/none`, `registry/*`, `build/not-ours` for an image that mwpipe didn't build, and as the
 * engine does
 */
export async function pullToEngine(
  workspace: Workspace,
  digest: Digest,
  context: RunContext<BuildEvent>,
): Promise<Outcome<MadeImage>> {
  const registries = await registriesOf(workspace);
  if (!registries.ok) return registries;
  const blobs = blobStore(join(workspace.cache, 'blobs'));
  const pulled = await pullImage(digest, { registries: registries.value, blobs }, context);
  if (!pulled.ok) return pulled;
  const labels = labelsOf(pulled.value);
  if (labels === undefined) return fail(notOurs(digest));
  const { 'mwpipe.set': set, 'mwpipe.mediawiki': mediawiki } = labels;
  const loaded = await load(pulled.value, { workspace, set, context });
  return loaded.ok ? ok({ imageId: pulled.value.imageId, mediawiki, set }) : loaded;
}

async function load(
  image: PulledImage,
  { workspace, set, context }: { workspace: Workspace; set: string; context: RunContext<BuildEvent> },
): Promise<Outcome<unknown>> {
  const { runtimePorts } = await import('./runtime-ports.ts');
  const { images } = await runtimePorts(workspace);
  const chains = await images.chains();
  if (!chains.ok) return chains;
  const diffIds = image.layers.map(({ diffId }) => diffId);
  const tag = imageTag(set, image.imageId);
  return images.load({ ...image, tag, held: heldLayers(diffIds, chains.value) }, context);
}

function labelsOf({ config }: PulledImage) {
  return configSchema.safeParse(JSON.parse(config.toString())).data?.config.Labels;
}

function notOurs(digest: Digest) {
  return {
    code: 'build/not-ours',
    message: `image ${short(digest)} is none that mwpipe built: it doesn't say which set and which MediaWiki it holds`,
    hint: 'mwpipe build --push prints the digest to deploy',
    exit: 'refused',
  } as const;
}
