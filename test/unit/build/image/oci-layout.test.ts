import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageArchive } from '../../../../src/build/image/image-archive.ts';
import { assembleImage, type AssembledImage } from '../../../../src/build/image/image-config.ts';
import { layOut } from '../../../../src/build/image/oci-layout.ts';
import { parseOutput, writeOutput } from '../../../../src/build/image/outputs.ts';
import { filesTar } from '../../../../src/build/layers/layer-tar.ts';
import { blobStore, type BlobStore } from '../../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../../src/kernel/digest.ts';
import { storeLayer } from '../../../../src/kernel/stored-layer.ts';
import { testContext } from '../../../worlds/context.ts';

let folder: string;
let blobs: BlobStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-layout-'));
  blobs = blobStore(join(folder, 'store'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function image(text: string): Promise<AssembledImage> {
  const runtime = await storeLayer(filesTar({ runtime: 'the same' }), { blobs });
  const own = await storeLayer(filesTar({ own: text }), { blobs });
  const config = { entrypoint: ['/entry'], cmd: [], env: [], workdir: '/', ports: [] };
  const stored = { imageId: sha256('r'), tag: 'r:1', diffIds: [runtime.diffId], bytes: 1, config, layers: [runtime] };
  return assembleImage({
    lock: { schema: 'mwpipe.lock/2', set: 'test', mediawiki: '1.43', components: [] },
    runtime: { name: 'php82/web', image: stored },
    layers: [{ ...own, name: 'own' }],
    architecture: 'amd64',
  });
}

async function collect(chunks: AsyncIterable<unknown>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk as Buffer);
  return all;
}

const layout = (): string => join(folder, 'oci');
const lay = async (one: AssembledImage, name: string) =>
  layOut(layout(), { image: one, name }, { blobs, context: testContext() });
const indexed = async (): Promise<(string | undefined)[]> => {
  const index = JSON.parse(await readFile(join(layout(), 'index.json'), 'utf8')) as {
    manifests: { annotations?: Record<string, string> }[];
  };
  return index.manifests.map(({ annotations }) => annotations?.['org.opencontainers.image.ref.name']);
};

describe('an OCI layout', () => {
  it('has every blob under its digest, and a manifest that names them', async () => {
    const one = await image('one');
    expect(await lay(one, 'one')).toMatchObject({ ok: true, value: { digest: one.manifestDigest } });
    const names = await readdir(join(layout(), 'blobs/sha256'));
    for (const name of names)
      expect(sha256(await readFile(join(layout(), 'blobs/sha256', name)))).toBe(`sha256:${name}`);
    const manifest = JSON.parse(one.manifest.toString()) as {
      layers: { digest: string }[];
      config: { digest: string };
    };
    expect(names.toSorted()).toEqual(
      [one.manifestDigest, manifest.config.digest, ...manifest.layers.map(({ digest }) => digest)]
        .map((digest) => digest.slice(7))
        .toSorted(),
    );
  });

  it('keeps other images, and gives a name to the last that took it', async () => {
    await lay(await image('one'), 'one');
    await lay(await image('two'), 'two');
    await lay(await image('three'), 'one');
    expect((await indexed()).toSorted()).toEqual(['one', 'two']);
  });

  it('takes two runs at once', async () => {
    const images = await Promise.all(['a', 'b', 'c', 'd'].map(image));
    await Promise.all(images.map((one, index) => lay(one, `n${index}`)));
    expect((await indexed()).toSorted()).toEqual(['n0', 'n1', 'n2', 'n3']);
  });

  it('links a blob again that was made anew in the store', async () => {
    const one = await image('one');
    await lay(one, 'one');
    const { digest } = one.layers[1]!.blob;
    await rm((await blobs.has(digest))!.path);
    await image('one');
    await lay(one, 'one');
    const linked = await stat(join(layout(), 'blobs/sha256', digest.slice(7)));
    expect(linked.ino).toBe((await stat((await blobs.has(digest))!.path)).ino);
  });

  it.each(['{', '[]', '{"schemaVersion": 1, "manifests": []}', '{"schemaVersion": 2, "manifests": [{}]}'])(
    'refuses to add to %s',
    async (text) => {
      await mkdir(layout());
      await writeFile(join(layout(), 'index.json'), text);
      expect(await lay(await image('one'), 'one')).toMatchObject({
        ok: false,
        diagnostics: [{ code: 'build/no-layout' }],
      });
      expect(await readFile(join(layout(), 'index.json'), 'utf8')).toBe(text);
    },
  );
});

describe('an archive', () => {
  it('is an OCI layout and what docker load reads, the same bytes each time', async () => {
    const one = await image('one');
    const bytes = async (): Promise<Buffer> => Buffer.concat(await collect(imageArchive(one, { blobs, name: 'x' })));
    const archive = await bytes();
    expect(await bytes()).toEqual(archive);
    const reader = extract();
    reader.end(archive);
    const files = new Map<string, Buffer>();
    for await (const entry of reader) files.set(entry.header.name, Buffer.concat(await collect(entry)));
    const [docker] = JSON.parse(files.get('manifest.json')!.toString()) as { Config: string; Layers: string[] }[];
    expect(sha256(files.get(docker!.Config)!)).toBe(one.imageId);
    expect(docker!.Layers.map((name) => sha256(gunzipSync(files.get(name)!)))).toEqual(
      one.layers.map(({ diffId }) => diffId),
    );
    expect(files.has('oci-layout') && files.has('index.json')).toBe(true);
  });

  it('is not written from a layer that was damaged in the cache, which is taken out', async () => {
    const one = await image('one');
    const { digest } = one.layers[1]!.blob;
    const { path } = (await blobs.has(digest))!;
    await writeFile(path, Buffer.from(await readFile(path)).fill(7, 20, 30));
    const file = join(folder, 'image.tar');
    const tools = { blobs, context: testContext(), attachments: [] };
    const output = { kind: 'oci-archive', path: file, name: 'x' } as const;
    expect(await writeOutput(output, one, tools)).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'build/damaged-layer' }],
    });
    expect(await stat(file).catch(() => undefined)).toBeUndefined();
    expect(await blobs.has(digest)).toBeUndefined();
  });
});

describe('where an image is written', () => {
  it('is said as skopeo says it', () => {
    expect(parseOutput('oci:out:demo', '/w')).toMatchObject({ value: { kind: 'oci', path: '/w/out', name: 'demo' } });
    expect(parseOutput('oci:/abs', '/w')).toMatchObject({ value: { path: '/abs', name: 'latest' } });
    expect(parseOutput('docker-archive:a.tar', '/w')).toMatchObject({
      value: { kind: 'docker-archive', path: '/w/a.tar' },
    });
  });

  it.each(['', 'a.tar', 'oci:', 'docker://x', 'oci:x:bad name', 'zip:x'])('%j is refused', (text) => {
    expect(parseOutput(text, '/w')).toMatchObject({ ok: false, diagnostics: [{ code: 'build/bad-output' }] });
  });
});
