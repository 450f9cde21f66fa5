// needs: registry
/** Registries that list what is attached themselves: Debian's, with a proxy that does it for them. */
import { expect, it } from 'vitest';
import { publishImage } from '../../src/build/publish/publish-image.ts';
import { attachmentManifest } from '../../src/build/image/attachment.ts';
import { MANIFEST_TYPE } from '../../src/build/image/manifest.ts';
import type { Choose } from '../worlds/faulty-registry.ts';
import { imageOf } from '../worlds/published-image.ts';
import { quickContext, registryFront, requestOf } from '../worlds/registry-front.ts';

const SBOM = { artifactType: 'application/vnd.cyclonedx+json', data: Buffer.from('{}') };
const SIGNATURE = { artifactType: 'application/x.signature', data: Buffer.from('signed') };

it('keeps no list of ours where the registry takes the subject', async () => {
  const takesSubjects: Choose = ({ method, path }) =>
    method === 'PUT' && path.includes('/manifests/')
      ? { kind: 'more', headers: { 'oci-subject': 'sha256:0' } }
      : undefined;
  await using at = await registryFront(takesSubjects);
  const image = await imageOf(at.here.blobs, 'one');
  const request = { ...requestOf(image), attachments: [SBOM, SIGNATURE] };
  expect(await publishImage(request, [at.open(at.front.host)], quickContext())).toMatchObject({ ok: true });
  const fallback = image.manifestDigest.replace(':', '-');
  expect(at.front.seen.filter(({ path }) => path.includes(fallback))).toEqual([]);
  for (const one of request.attachments) {
    const subject = { mediaType: MANIFEST_TYPE, digest: image.manifestDigest, size: image.manifest.length };
    const { digest } = attachmentManifest(one, subject).descriptor;
    expect(await at.open(at.registry.host).read(digest, quickContext())).toMatchObject({ ok: true, value: { digest } });
  }
});

it('reads the list of the registry, page by page', async () => {
  const pageOf = (digit: string, link?: string) => {
    const descriptor = { mediaType: MANIFEST_TYPE, digest: `sha256:${digit.repeat(64)}`, size: 7, artifactType: 'a/b' };
    const body = JSON.stringify({ schemaVersion: 2, manifests: [descriptor] });
    const headers = {
      'content-type': 'application/vnd.oci.image.index.v1+json',
      ...(link === undefined ? {} : { link }),
    };
    return { kind: 'answer', status: 200, headers, body } as const;
  };
  await using at = await registryFront(({ path }) => {
    if (!path.includes('/referrers/')) return undefined;
    return path.includes('next=1') ? pageOf('2') : pageOf('1', `<${path}?next=1>; rel="next"`);
  });
  const listed = await at.open(at.front.host).attachments(`sha256:${'0'.repeat(64)}`, quickContext());
  expect(listed.ok && listed.value.map(({ digest }) => digest.slice(7, 9))).toEqual(['11', '22']);
});

it('writes nothing where what is to be attached is listed already', async () => {
  await using at = await registryFront();
  const image = await imageOf(at.here.blobs, 'one');
  const request = { ...requestOf(image), tags: [], attachments: [SBOM] };
  await publishImage(request, [at.open(at.front.host)], quickContext());
  const before = at.front.seen.length;
  await publishImage(request, [at.open(at.front.host)], quickContext());
  const written = at.front.seen.slice(before).filter(({ method }) => method !== 'GET' && method !== 'HEAD');
  const fallback = image.manifestDigest.replace(':', '-');
  expect(written.filter(({ path, method }) => method !== 'PUT' || path.includes(fallback))).toEqual([]);
});
