// needs: registry
/** What other clients say of what we pushed, and we of what they pushed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import { pullImage } from '../../src/build/publish/pull-image.ts';
import { runCommand } from '../worlds/command.ts';
import { blobFolder, imageOf } from '../worlds/published-image.ts';
import { quickContext, registryFront, requestOf } from '../worlds/registry-front.ts';

async function skopeo(...args: readonly string[]): Promise<string> {
  const said = await runCommand(['skopeo', ...args]);
  if (said.code !== 0) throw new Error(said.stderr);
  return said.stdout;
}

it('is read by skopeo: inspected, and copied with every digest the same', async () => {
  await using at = await registryFront();
  await using copy = await blobFolder();
  const image = await imageOf(at.here.blobs, 'one', 'two', 100_000);
  const attachments = [{ artifactType: 'application/vnd.cyclonedx+json', data: Buffer.from('{}') }];
  await publishImage({ ...requestOf(image), attachments }, [at.open(at.registry.host)], quickContext());
  const reference = `docker://${at.registry.host}/mediawiki/wiki`;
  const inspected: unknown = JSON.parse(await skopeo('inspect', '--tls-verify=false', `${reference}:live`));
  expect(inspected).toMatchObject({
    Digest: image.manifestDigest,
    RepoTags: [image.manifestDigest.replace(':', '-'), 'live'],
    Layers: image.layers.map(({ blob }) => blob.digest),
    Labels: { 'mwpipe.kind': 'image' },
  });
  const layout = join(copy.folder, 'layout');
  await skopeo('copy', '--src-tls-verify=false', `${reference}@${image.manifestDigest}`, `oci:${layout}:live`);
  const index: unknown = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
  expect(index).toMatchObject({ manifests: [{ digest: image.manifestDigest }] });
});

it('pulls what skopeo copied from one registry to another, from either', async () => {
  await using one = await registryFront();
  await using other = await registryFront();
  const image = await imageOf(one.here.blobs, 'one', 100_000);
  await publishImage(requestOf(image), [one.open(one.registry.host)], quickContext());
  const tls = ['--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests'];
  const path = 'mediawiki/wiki:live';
  await skopeo('copy', ...tls, `docker://${one.registry.host}/${path}`, `docker://${other.registry.host}/${path}`);
  await one.registry.damage(image.layers[1]!.blob.digest);
  await using there = await blobFolder();
  const registries = [one, other].map((at, index) => at.open(at.registry.host, there, { name: `registry ${index}` }));
  const context = quickContext();
  const pulled = await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, context);
  expect(pulled).toMatchObject({ ok: true, value: { registry: 'registry 1', imageId: image.imageId } });
  expect(context.events).toContainEqual(
    expect.objectContaining({ code: 'build/pull-skipped', registry: 'registry 0' }),
  );
});
