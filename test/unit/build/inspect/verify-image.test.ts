import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layoutSource } from '../../../../src/adapters/oci/layout-source.ts';
import { storeSource } from '../../../../src/adapters/oci/store-source.ts';
import type { Attachment } from '../../../../src/build/image/attachment.ts';
import { layOut } from '../../../../src/build/image/oci-layout.ts';
import { inspectImage } from '../../../../src/build/inspect/inspect-image.ts';
import { verifyImage } from '../../../../src/build/inspect/verify-image.ts';
import type { InspectPorts } from '../../../../src/build/inspect-ports.ts';
import { attachmentsOf } from '../../../../src/build/supply/attachments.ts';
import {
  signingKey,
  verifyingKey,
  type SigningKey,
  type VerifyingKey,
} from '../../../../src/build/supply/signing-key.ts';
import { blobStore, type BlobStore } from '../../../../src/kernel/blob-store.ts';
import { sha256, type Digest } from '../../../../src/kernel/digest.ts';
import { ok } from '../../../../src/kernel/outcome.ts';
import { Secret } from '../../../../src/kernel/secret.ts';
import { testContext } from '../../../worlds/context.ts';
import { describedImage, type WholeImage } from '../../../worlds/described-image.ts';
import { fakeGit, lockOf } from '../../../worlds/fakes/git-objects.ts';
import { valueOf } from '../../../worlds/overlays.ts';

interface Pair {
  readonly sign: SigningKey;
  readonly verify: VerifyingKey;
}

function pairOf(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    sign: valueOf(signingKey('a.key', new Secret(Buffer.from(privateKey)))),
    verify: valueOf(verifyingKey('a.pub', Buffer.from(publicKey))),
  };
}

const mine = pairOf();
const theirs = pairOf();

let folder: string;
let blobs: BlobStore;
let ports: InspectPorts;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-verify-'));
  blobs = blobStore(join(folder, 'blobs'));
  const none = () => Promise.resolve(ok(undefined));
  const names = () => Promise.resolve(ok(['mwpipe/demo:1']));
  ports = { engine: { find: none, file: none, names }, layout: layoutSource, cache: storeSource(blobs) };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const git = fakeGit();

async function made(
  name = 'Cite',
  key?: SigningKey,
): Promise<WholeImage & { readonly attachments: readonly Attachment[] }> {
  const core = git.component('core', { 'composer.json': '{"license": "GPL-2.0-or-later"}' });
  const image = await describedImage(lockOf(core, git.component(name, { 'extension.json': '{}' })), blobs);
  const request = { ...image, ...(key === undefined ? {} : { key }) };
  return { ...image, attachments: valueOf(await attachmentsOf(request, { objects: git, blobs }, testContext())) };
}

async function laidOut(
  { image, attachments }: { readonly image: WholeImage['image']; readonly attachments: readonly Attachment[] },
  name = 'now',
): Promise<void> {
  valueOf(await layOut(join(folder, 'oci'), { image, name, attachments }, { blobs, context: testContext() }));
}

const verify = (image: string, key = mine.verify) => verifyImage({ image, from: folder, key }, ports, testContext());
const inspect = (image: string) => inspectImage({ image, from: folder }, ports, testContext());
const fileOf = (digest: string) => join(folder, 'oci/blobs/sha256', digest.slice(7));

async function failedChecks(image: string, key?: VerifyingKey): Promise<Record<string, string>> {
  const { checks, passed } = valueOf(await verify(image, key));
  expect(passed).toBe(false);
  return Object.fromEntries(checks.filter((check) => !check.passed).map(({ name, because }) => [name, because]));
}

/** A blob changed where it lies: links to the store are broken first. */
async function changeBlob(digest: string, change: (data: Buffer) => Buffer): Promise<void> {
  const data = await readFile(fileOf(digest));
  await rm(fileOf(digest));
  await writeFile(fileOf(digest), change(data));
}

describe('verifying an image', () => {
  it('passes where the key signed this image, with the SBOM and layers that it was built of', async () => {
    const one = await made('Cite', mine.sign);
    await laidOut(one);
    const verified = valueOf(await verify('oci:oci:now'));
    expect(verified).toMatchObject({
      passed: true,
      manifestDigest: one.image.manifestDigest,
      imageId: one.image.imageId,
    });
    expect(verified.checks).toEqual([
      { name: 'signature', passed: true, because: 'signed with this key by urn:mwpipe:builder:unhosted' },
      { name: 'sbom', passed: true, because: 'the one that was signed' },
      { name: 'layers', passed: true, because: 'all 3 are what the manifest says, unpacked too' },
    ]);
  });

  it('fails where nothing was signed, or by somebody else', async () => {
    await laidOut(await made());
    expect(await failedChecks('oci:oci')).toMatchObject({ signature: 'nothing signed is attached to it' });
    await laidOut(await made('Cite', theirs.sign));
    expect(await failedChecks('oci:oci')).toMatchObject({ signature: 'it was signed, but not with this key' });
  });

  it('takes one that fits among several', async () => {
    const one = await made('Cite', theirs.sign);
    const two = await made('Cite', mine.sign);
    await laidOut({ image: one.image, attachments: [...one.attachments, ...two.attachments] });
    expect(valueOf(await verify('oci:oci')).passed).toBe(true);
  });

  it('fails where the signature is of another image', async () => {
    const signed = await made('Echo', mine.sign);
    const { image } = await made('Cite');
    await laidOut({ image, attachments: signed.attachments });
    expect(await failedChecks('oci:oci')).toMatchObject({ signature: 'this key signed another image' });
  });

  it('fails where the SBOM is not the signed one', async () => {
    const one = await made('Cite', mine.sign);
    const [sbom, ...others] = one.attachments;
    const data = Buffer.from(sbom!.data.toString().replace('GPL-2.0-or-later', 'MIT'));
    await laidOut({ image: one.image, attachments: [{ ...sbom!, data }, ...others] });
    expect(await failedChecks('oci:oci')).toEqual({ sbom: 'the one that was signed is not attached' });
  });

  it.each<[string, (data: Buffer) => Buffer, RegExp]>([
    ['was changed', (data) => Buffer.concat([data.subarray(0, -1), Buffer.from([1])]), /its bytes have another digest/],
    ['was cut', (data) => data.subarray(0, 20), /it ends after 20 of \d+ bytes/],
    ['is longer', (data) => Buffer.concat([data, data]), /it is longer than \d+ bytes/],
  ])('fails where a layer %s', async (_name, change, because) => {
    const one = await made('Cite', mine.sign);
    await laidOut(one);
    await changeBlob(one.image.layers[1]!.blob.digest, change);
    expect((await failedChecks('oci:oci'))['layers']).toMatch(because);
  });

  it('says that an engine keeps nothing to verify', async () => {
    const engine = engineWith(await made());
    const verified = await verifyImage(
      { image: 'mwpipe/demo:1', from: folder, key: mine.verify },
      { ...ports, engine },
      testContext(),
    );
    expect(verified).toMatchObject({ diagnostics: [{ code: 'image/no-attachments-here' }] });
  });
});

function engineWith({ image }: WholeImage): InspectPorts['engine'] {
  const config = JSON.parse(image.config.toString()) as { config: { Labels: Record<string, string> } };
  const found = {
    ...{
      imageId: image.imageId,
      tags: ['mwpipe/demo:1'],
      architecture: 'amd64',
      created: '',
      labels: config.config.Labels,
    },
    diffIds: image.layers.map(({ diffId }) => diffId),
    history: [],
  };
  return { ...ports.engine, find: () => Promise.resolve(ok(found)) };
}

describe('inspecting an image', () => {
  it('says what is in it, by commit and by layer', async () => {
    const { image, lock } = await made();
    await laidOut({ image, attachments: [] });
    const inspected = valueOf(await inspect(`oci:oci@${image.manifestDigest}`));
    expect(inspected).toMatchObject({ set: 'test', mediawiki: '1.43.0', runtime: 'php82/web', visibility: 'public' });
    expect(inspected.components.map(({ name, commit }) => [name, commit])).toEqual(
      lock.components.map(({ name, commit }) => [name, commit]),
    );
    expect(inspected.layers.map(({ name }) => name)).toEqual(['runtime 1', 'code', 'lock']);
    expect(inspected.pullBytes).toBe(image.layers.reduce((sum, { blob }) => sum + blob.bytes, 0));
  });

  it('finds one in the cache by the digest of its manifest', async () => {
    const { image } = await made();
    await blobs.put([image.manifest] as unknown as AsyncIterable<Uint8Array>);
    await blobs.put([image.config] as unknown as AsyncIterable<Uint8Array>);
    expect(valueOf(await inspect(image.manifestDigest)).imageId).toBe(image.imageId);
  });

  it('names what it might have been, where there is none of that name', async () => {
    await laidOut(await made(), 'wmf.16');
    await laidOut(await made('Echo'), 'wmf.15');
    const said = await Promise.all(
      ['oci:oci:wnf.16', 'mwpipe/demo:2', 'oci:oci', 'oci:nowhere', 'DEMO', 'docker://x/y'].map(inspect),
    );
    expect(said.map((one) => (one.ok ? one : [one.diagnostics[0].code, one.diagnostics[0].hint]))).toEqual([
      ['image/unknown', 'did you mean wmf.16?'],
      ['image/unknown', 'did you mean mwpipe/demo:1?'],
      ['image/several', `name one: oci:${folder}/oci:wmf.16, oci:${folder}/oci:wmf.15`],
      ['image/no-layout', 'mwpipe build --output oci:DIR makes one'],
      ['image/bad-reference', expect.stringContaining('a tag or an ID')],
      ['image/bad-reference', expect.stringContaining('a tag or an ID')],
    ]);
  });

  it('tells what can be told of an image that mwpipe did not build', async () => {
    const { image } = await made();
    const config = Buffer.from(image.config.toString().replace('"mwpipe.kind":"image"', '"x":"y"'));
    await laidOut({ image: withConfig(image, config), attachments: [] });
    expect(await inspect('oci:oci')).toMatchObject({
      diagnostics: [
        {
          code: 'image/not-ours',
          message: expect.stringMatching(/3 layers, amd64, made 1980-01-01, calls itself "MediaWiki/) as string,
        },
      ],
    });
  });

  it.each<[string, string, (image: WholeImage['image']) => Promise<void>]>([
    [
      'lies about its digest',
      'image/wrong-digest',
      (image) => changeBlob(image.manifestDigest, (data) => Buffer.concat([data, Buffer.from(' ')])),
    ],
    ['is huge', 'image/too-large', (image) => changeBlob(image.manifestDigest, () => Buffer.alloc(4_000_001, 32))],
    ['has no configuration', 'image/missing-blob', (image) => rm(fileOf(image.imageId))],
    [
      'has a lock that was cut',
      'image/wrong-digest',
      (image) => changeBlob(image.layers[2]!.blob.digest, (data) => data.subarray(0, 9)),
    ],
    ['has a lock that is gone', 'image/missing-blob', (image) => rm(fileOf(image.layers[2]!.blob.digest))],
  ])('refuses one whose manifest or content %s', async (_name, code, damage) => {
    const { image } = await made();
    await laidOut({ image, attachments: [] });
    await damage(image);
    expect(await inspect('oci:oci:now')).toMatchObject({ ok: false, diagnostics: [{ code }] });
  });

  it.each([
    '',
    '{',
    '[]',
    '{"schemaVersion": 2}',
    '{"schemaVersion": 2, "manifests": [{"mediaType": "x", "digest": "sha256:1", "size": 1}]}',
  ])('refuses %j as a manifest', async (text) => {
    const { image } = await made();
    await laidOut({ image: { ...image, manifest: Buffer.from(text), manifestDigest: sha256(text) }, attachments: [] });
    expect(await inspect('oci:oci:now')).toMatchObject({ ok: false, diagnostics: [{ code: 'image/no-manifest' }] });
  });
});

function withConfig(image: WholeImage['image'], config: Buffer): WholeImage['image'] {
  const imageId: Digest = sha256(config);
  const document = JSON.parse(image.manifest.toString()) as { config: object };
  const manifest = Buffer.from(
    JSON.stringify({ ...document, config: { ...document.config, digest: imageId, size: config.length } }),
  );
  return { ...image, config, imageId, manifest, manifestDigest: sha256(manifest) };
}
