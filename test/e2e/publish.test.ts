// needs: docker, root, registry
/** One image from a lock to a registry, with what is said of it, and from there into an engine, past one that is down. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { environment } from '../../src/cli/process.ts';
import { buildIn, verifyIn } from '../../src/composition/build.ts';
import { pullToEngine } from '../../src/composition/pull.ts';
import { openWorkspace, type Workspace } from '../../src/kernel/workspace.ts';
import { testContext } from '../worlds/context.ts';
import { ensureWorld } from '../worlds/mediawiki/index.ts';
import { valueOf } from '../worlds/overlays.ts';
import { registryWorld, type RegistryWorld } from '../worlds/registry.ts';

let folder: string;
let registry: RegistryWorld;
let workspace: Workspace;

const options = { set: 'demo', runtime: 'php82', flavour: 'web', patches: [], load: false } as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-publish-'));
  registry = await registryWorld();
  const cache = environment.cache();
  await ensureWorld({ cache, context: testContext() });
  const root = join(folder, 'workspace');
  await mkdir(root);
  for (const one of ['images', 'extension-sets'])
    await cp(join(checkoutRoot, one), join(root, one), { recursive: true });
  const text = await readFile(join(checkoutRoot, 'mwpipe.yaml'), 'utf8');
  const registries = `gone: { repository: '127.0.0.1:9/x' }, main: { repository: '${registry.host}/mediawiki' }`;
  const messages = 'localisation: { languages: [en, de], hot: [en] }';
  await writeFile(join(root, 'mwpipe.yaml'), `${text}\nregistries: { ${registries} }\n${messages}\n`);
  workspace = valueOf(await openWorkspace({ from: root, cache }));
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('is pushed to the registry that answers, read by skopeo, and pulled from there into the engine', async () => {
  const push = { names: ['gone', 'main'], tags: ['wmf.1'], requireAll: false };
  const built = valueOf(await buildIn(workspace, { ...options, push }, testContext()));
  expect(built.published?.destinations.map(({ registry: name, held }) => [name, held])).toEqual([
    ['gone', false],
    ['main', true],
  ]);
  const said = execFileSync('skopeo', ['inspect', '--tls-verify=false', `docker://${registry.host}/mediawiki:wmf.1`]);
  expect(JSON.parse(said.toString())).toMatchObject({ Digest: built.manifestDigest });
  const again = testContext();
  valueOf(await buildIn(workspace, { ...options, push: { ...push, names: ['main'] } }, again));
  expect(again.events).toContainEqual(expect.objectContaining({ code: 'build/pushed', sentBytes: 0 }));
  const pulled = valueOf(await pullToEngine(workspace, built.manifestDigest, testContext()));
  expect(pulled).toMatchObject({ imageId: built.imageId, set: 'demo' });
  const there = await dockerEngine().getImage(built.imageId).inspect();
  expect(there.RootFS.Layers).toEqual(built.layers.map(({ diffId }) => diffId));
  await dockerEngine().getImage(built.tag).remove({ force: true });
});

it('is the same image when all of it is made again elsewhere, its messages too', async () => {
  const verified = valueOf(await verifyIn(workspace, options, testContext()));
  expect(verified.layers.filter(({ here, there }) => here !== there)).toEqual([]);
  expect(verified.same).toBe(true);
  expect(verified.layers.map(({ name }) => name)).toContain('localisation en');
});
