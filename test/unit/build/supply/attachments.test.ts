import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { attachmentsOf } from '../../../../src/build/supply/attachments.ts';
import { blobStore, type BlobStore } from '../../../../src/kernel/blob-store.ts';
import { sha256 } from '../../../../src/kernel/digest.ts';
import type { Attachment } from '../../../../src/build/image/attachment.ts';
import type { LockedComponent, Lockfile } from '../../../../src/resolve/index.ts';
import { testContext } from '../../../worlds/context.ts';
import { describedImage } from '../../../worlds/described-image.ts';
import { fakeGit, lockOf, type FakeGit } from '../../../worlds/fakes/git-objects.ts';

interface World {
  readonly folder: string;
  readonly git: FakeGit;
  readonly blobs: BlobStore;
}

let world: World;

async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-supply-'));
  return { folder, git: fakeGit(), blobs: blobStore(join(folder, 'blobs')) };
}

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => rm(world.folder, { recursive: true, force: true }));

const installed = {
  packages: [
    {
      name: 'wikimedia/at-ease',
      version: 'v3.0.0',
      license: ['GPL-2.0-or-later'],
      source: { url: 'https://x.test/a' },
    },
    { name: 'psr/log', version: '3.0.2', license: ['MIT'], require: { 'wikimedia/at-ease': '*', php: '>=8' } },
  ],
};
const npmLock = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'cite' },
    'node_modules/vue': {
      version: '3.5.13',
      integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}`,
      license: 'MIT',
    },
    'node_modules/eslint': { version: '9.0.0', dev: true },
  },
};
const foreign =
  'jquery:\n  license: MIT\n  version: 3.7.1\n  purl: pkg:npm/jquery@3.7.1\n  src: https://x.test/jquery.js\n';

function demoLock(git: FakeGit): Lockfile {
  const core = git.component('core', {
    'composer.json': '{"license": "GPL-2.0-or-later"}',
    'resources/lib/foreign-resources.yaml': foreign,
  });
  const cite = git.component('Cite', {
    'extension.json': '{"license-name": "MIT OR GPL-2.0+"}',
    'package-lock.json': JSON.stringify(npmLock),
  });
  const poem = git.component('Poem', { 'extension.json': '{"license-name": "see COPYING"}' });
  return lockOf(
    core,
    git.component('vendor', { 'composer/installed.json': JSON.stringify(installed) }),
    { ...cite, registered: 'Cite', version: '1.2.0' },
    { ...poem, url: 'https://github.com/Wiki/Poem.git', requires: { MediaWiki: '>= 1.43', extensions: { Cite: '*' } } },
  );
}

interface Bom {
  readonly serialNumber: string;
  readonly components: readonly {
    readonly name: string;
    readonly 'bom-ref': string;
    readonly purl?: string;
    readonly licenses?: unknown;
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly metadata: unknown;
}

async function attach(lock: Lockfile, { blobs, git }: World = world): Promise<readonly Attachment[]> {
  const request = await describedImage(lock, blobs);
  const made = await attachmentsOf(request, { objects: git, blobs }, testContext());
  if (!made.ok) throw new Error(made.diagnostics[0].message);
  return made.value;
}

async function bomOf(lock: Lockfile): Promise<Bom> {
  const [sbom] = await attach(lock);
  return JSON.parse(sbom!.data.toString()) as Bom;
}

/**
 * bom-1.6.schema.json of CycloneDX/specification (Apache-2.0) without its prose and what mwpipe never writes, SPDX's list
 * of licences put in, and `type: object` said where it goes without saying: zod wants it.
 */
const official = z.fromJSONSchema(
  JSON.parse(
    readFileSync(new URL('data/bom-1.6.schema.json', import.meta.url), 'utf8'),
  ) as z.core.JSONSchema.JSONSchema,
);

describe('the SBOM', () => {
  it("is what CycloneDX's own schema asks for", async () => {
    const bom = await bomOf(demoLock(world.git));
    const checked = official.safeParse(bom);
    expect(checked.error?.issues).toBeUndefined();
  });

  it('names each component by its commit, and what lies in its tree', async () => {
    const bom = await bomOf(demoLock(world.git));
    const cite = bom.components.find(({ name }) => name === 'Cite');
    expect(
      bom.components.map(({ name, purl }) => `${name} ${purl?.replace(/(?<=@|%40)[0-9a-f]{40}/g, 'COMMIT') ?? ''}`),
    ).toEqual([
      'core pkg:generic/core@COMMIT?vcs_url=git%2Bhttps://example.test/core%40COMMIT',
      'jquery pkg:npm/jquery@3.7.1',
      'vendor pkg:generic/vendor@COMMIT?vcs_url=git%2Bhttps://example.test/vendor%40COMMIT',
      'psr/log pkg:composer/psr/log@3.0.2',
      'wikimedia/at-ease pkg:composer/wikimedia/at-ease@v3.0.0',
      'Cite pkg:generic/Cite@COMMIT?vcs_url=git%2Bhttps://example.test/Cite%40COMMIT',
      'vue pkg:npm/vue@3.5.13',
      'Poem pkg:github/wiki/poem@COMMIT',
      'php82/web ',
      'adduser pkg:deb/debian/adduser@3.134?arch=all&distro=debian-12',
      'libc6 pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12',
    ]);
    expect(cite?.licenses).toEqual([{ expression: 'MIT OR GPL-2.0-or-later' }]);
    expect(bom.components.find(({ name }) => name === 'Poem')?.licenses).toEqual([
      { license: { name: 'see COPYING' } },
    ]);
  });

  it('says what depends on what, and nothing that is not there', async () => {
    const { components, dependencies } = await bomOf(demoLock(world.git));
    const of = (ref: string) => dependencies.find((one) => one.ref === ref)?.dependsOn;
    expect(of('image')).toEqual([
      ...['component/Cite', 'component/Poem', 'component/core', 'component/vendor', 'runtime/php82/web'],
    ]);
    expect(of('component/Poem')).toEqual(['component/Cite', 'component/core']);
    expect(of('component/vendor/composer/installed.json#psr/log@3.0.2')).toEqual([
      'component/vendor/composer/installed.json#wikimedia/at-ease@v3.0.0',
    ]);
    const refs = components.map((one) => one['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([]);
  });

  it('tells of a list of packages that it cannot read, and goes on', async () => {
    const { git, blobs } = world;
    const lock = lockOf(
      git.component('core', { 'composer.json': '{' }),
      git.component('vendor', { 'composer/installed.json': '7' }),
    );
    const context = testContext();
    const made = await attachmentsOf(await describedImage(lock, blobs), { objects: git, blobs }, context);
    expect(made.ok).toBe(true);
    expect(context.events.filter(({ code }) => code === 'build/package-list-skipped')).toMatchObject([
      { code: 'build/package-list-skipped', component: 'core', path: 'composer.json' },
      { code: 'build/package-list-skipped', component: 'vendor', because: 'is no list of packages' },
    ]);
  });

  it('reads each tree once, whatever is asked later', async () => {
    const lock = demoLock(world.git);
    const first = await attach(lock);
    const blind = { ...world.git, file: () => Promise.reject(new Error('read again')) };
    expect(await attach(lock, { ...world, git: blind })).toEqual(first);
  });
});

describe('the provenance', () => {
  const statementOf = (attached: readonly Attachment[]) =>
    JSON.parse(attached[1]!.data.toString()) as {
      readonly subject: readonly { readonly digest: { readonly sha256: string } }[];
      readonly predicate: {
        readonly buildDefinition: {
          readonly externalParameters: unknown;
          readonly resolvedDependencies: readonly object[];
        };
        readonly runDetails: { readonly byproducts: readonly unknown[] };
      };
    };

  it('says which image, from which commits, on which runtime, and which SBOM goes with it', async () => {
    const lock = demoLock(world.git);
    const attached = await attach(lock);
    const { image } = await describedImage(lock, world.blobs);
    const statement = statementOf(attached);
    expect(statement.subject.map(({ digest }) => `sha256:${digest.sha256}`)).toEqual([
      image.manifestDigest,
      image.imageId,
    ]);
    expect(statement.predicate.buildDefinition.resolvedDependencies).toEqual([
      ...lock.components.map(({ name, url, commit, ref, tree }) => ({
        ...{ name, uri: `git+${url}@${commit}`, digest: { gitCommit: commit }, annotations: { ref, tree } },
      })),
      { name: 'runtime', uri: 'docker:mwpipe/runtime-php82:web-1', digest: { sha256: sha256('runtime').slice(7) } },
      { name: 'debian', uri: 'http://deb.example.test/debian', annotations: { suites: 'bookworm bookworm-updates' } },
    ]);
    expect(statement.predicate.runDetails.byproducts).toMatchObject([
      { name: 'sbom', digest: { sha256: sha256(attached[0]!.data).slice(7) } },
    ]);
  });

  it('is the same bytes for the same lock, in another place', async () => {
    const first = await attach(demoLock(world.git));
    const elsewhere = await openWorld();
    try {
      expect(await attach(demoLock(elsewhere.git), elsewhere)).toEqual(first);
    } finally {
      await rm(elsewhere.folder, { recursive: true, force: true });
    }
  });

  it('names changes under review, and the tree that they make', async () => {
    const lock = demoLock(world.git);
    const tree = world.git.tree({ 'extension.json': '{"license-name": "MIT"}' });
    const change = {
      change: 12,
      patchset: 3,
      id: 'I1',
      ref: 'refs/changes/12/12/3',
      commit: 'c'.repeat(40),
      because: 'asked for',
    };
    const patched = withPatch(lock, 'Cite', { tree, because: 'a change', changes: [change] });
    const attached = await attach(patched);
    expect(statementOf(attached).predicate.buildDefinition.resolvedDependencies).toContainEqual({
      ...{ name: 'Cite', uri: `git+https://example.test/Cite@${change.commit}` },
      ...{ digest: { gitCommit: change.commit }, annotations: { change: '12/3' } },
    });
    expect(attached[0]?.data.toString()).toContain(tree);
  });
});

describe('an image with embargoed patches', () => {
  it('is marked private, and tells of each patch its digest alone', async () => {
    const lock = demoLock(world.git);
    const tree = world.git.tree({ 'extension.json': '{}', 'src/Hole.php': 'T123456 the embargoed fix' });
    const digest = sha256('the patch');
    const because = '1 security patch: T123456 XSS in Cite';
    const secret = withPatch(lock, 'Cite', { tree, because, security: [{ digest }] });
    const request = await describedImage({ ...secret, visibility: 'private', security: '1.43.0-wmf.2' }, world.blobs);
    const context = testContext();
    const made = await attachmentsOf(request, { objects: world.git, blobs: world.blobs }, context);
    const attached = made.ok ? made.value : [];
    expect(attached.map(({ annotations }) => annotations?.['mwpipe.visibility'])).toEqual(['private', 'private']);
    const text = attached.map(({ data }) => data.toString()).join('\n') + JSON.stringify([attached, context.events]);
    for (const leak of ['T123456', 'XSS', 'Hole.php', because, tree, '1.43.0-wmf.2']) expect(text).not.toContain(leak);
    for (const { data } of attached) {
      expect(data.toString()).toContain(digest.slice(7));
      expect(data.toString()).toContain('private');
    }
    expect(world.git.read).toEqual([]);
  });
});

function withPatch(lock: Lockfile, name: string, patch: LockedComponent['patch']): Lockfile {
  const components = lock.components.map((one) => (one.name === name && patch !== undefined ? { ...one, patch } : one));
  return { ...lock, components };
}
