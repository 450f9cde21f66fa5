// needs: docker, root
/** Building the demo's set from MediaWiki's real repos into the real engine. */
import { spawn } from 'node:child_process';
import { appendFile, cp, link, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { dockerRunner } from '../../src/adapters/docker/runner.ts';
import type { BuiltImage } from '../../src/build/index.ts';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { environment } from '../../src/cli/process.ts';
import { buildIn } from '../../src/composition/build.ts';
import { gitOf } from '../../src/composition/git.ts';
import { openWorkspace, type Workspace } from '../../src/kernel/workspace.ts';
import { readLock } from '../../src/resolve/index.ts';
import { testContext } from '../worlds/context.ts';
import { ensureWorld, worldCheckout, type World } from '../worlds/mediawiki/index.ts';
import { valueOf } from '../worlds/overlays.ts';

const docker = dockerEngine();
const cache = environment.cache();
let world: World;
let workspace: Workspace;
let folder: string;
let first: BuiltImage;

const build = async (patches: readonly { name: string; folder: string }[] = []): Promise<BuiltImage> =>
  valueOf(await buildIn(workspace, { set: 'demo', runtime: 'php82', flavour: 'web', patches }, testContext()));
const made = (image: BuiltImage): string[] => image.layers.filter((one) => one.state === 'made').map((one) => one.name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mwpipe-build-e2e-'));
  world = valueOf(await ensureWorld({ cache, context: testContext() }));
  workspace = valueOf(await openWorkspace({ from: checkoutRoot, cache }));
  first = await build();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function executablesInGit(): Promise<number> {
  const { objects } = await gitOf(workspace);
  const lock = valueOf(await readLock(workspace.root, 'demo'));
  const trees = await Promise.all(lock.components.map(({ url, tree }) => objects.entries({ url, id: tree })));
  return trees.flat().filter((entry) => entry.mode === '100755').length;
}

async function shell(image: string, script: string): Promise<string> {
  let said = '';
  const sink = { stdout: (text: string) => void (said += text), stderr: (text: string) => void (said += text) };
  const request = { image, argv: ['sh', '-c', script], deadlineMs: 60_000 };
  valueOf(await dockerRunner(docker).run(request, sink, testContext()));
  return said.trim();
}

it('gives the same image and sends nothing the second time', async () => {
  const second = await build();
  expect(second).toMatchObject({ imageId: first.imageId, tag: first.tag, sentBytes: 0 });
  expect(made(second)).toEqual([]);
});

it('holds every file of the components, owned by root, readable by all, with times that opcache and ETags can use', async () => {
  const root = '/srv/mediawiki';
  const odd = await shell(
    first.imageId,
    `find ${root} \\( ! -user root -o -type f ! -perm 644 ! -perm 755 -o -type d ! -perm 755 \\) | head;
     find ${root} -newermt 2020-01-01 | head; find ${root} ! -newermt 1979-12-31 | head`,
  );
  expect(odd).toBe('');
  expect(
    await shell(first.imageId, `ls ${root}/extensions/Cite/extension.json ${root}/vendor/autoload.php`),
  ).not.toContain('No such');
  expect(
    await shell(
      first.imageId,
      `php -l ${root}/LocalSettings.php && php -r 'echo json_decode(file_get_contents("${root}/mwpipe.json"))->set;'`,
    ),
  ).toContain('demo');
  const executable = await shell(first.imageId, `find ${root} -type f -perm 755 | wc -l`);
  expect(Number(executable)).toBe(await executablesInGit());
});

it('makes and sends exactly one layer for one changed extension, and whiteouts hide what is gone', async () => {
  const checkout = join(folder, 'Cite');
  await worldCheckout(world, { component: 'extensions/Cite', branch: 'wmf/1.43.0-wmf.1', into: checkout });
  await appendFile(join(checkout, 'src/Cite.php'), `// ${folder}\n`);
  await rm(join(checkout, 'i18n'), { recursive: true });
  await rm(join(checkout, 'COPYING.txt'), { force: true });
  const patched = await build([{ name: 'Cite', folder: checkout }]);
  expect(made(patched)).toEqual(['Cite (patched)']);
  expect(patched.sentBytes).toBe(patched.layers.at(-1)!.blob.bytes);
  const root = '/srv/mediawiki/extensions/Cite';
  expect(
    await shell(
      patched.imageId,
      `tail -1 ${root}/src/Cite.php; ls -d ${root}/i18n ${root}/COPYING.txt 2>&1 | grep -c 'No such'`,
    ),
  ).toBe(`// ${folder}\n2`);
  expect(await shell(patched.imageId, `ls -A ${root} | grep -c wh; true`)).toBe('0');
  await docker.getImage(patched.tag).remove({ force: true });
});

it('killed while it makes layers, it leaves a cache from which the next build completes, to the same image', async () => {
  const scratch = join(folder, 'cache');
  await mkdir(join(scratch, 'blobs/named'), { recursive: true });
  await symlink(join(cache, 'world'), join(scratch, 'world'));
  const inputs = (await readdir(join(cache, 'blobs/named'))).filter((name) => /^(base|runtime)%2F/.test(name));
  for (const name of inputs) await cp(join(cache, 'blobs/named', name), join(scratch, 'blobs/named', name));
  const runtime = first.layers.filter(({ state }) => state === 'runtime').map(({ blob }) => blob.digest.slice(7));
  for (const blob of [...runtime, first.layers[0]!.diffId.slice(7)]) {
    const path = join('blobs/sha256', blob.slice(0, 2), blob);
    await mkdir(dirname(join(scratch, path)), { recursive: true });
    await link(join(cache, path), join(scratch, path));
  }
  const killed = await runBuild(scratch, { killAfter: 'build/layer-made' });
  expect(killed.signal).toBe('SIGKILL');
  const completed = await runBuild(scratch, {});
  const result = completed.lines.at(-1) as { value: BuiltImage };
  expect(result.value.imageId).toBe(first.imageId);
  expect(made(result.value).length).toBeLessThan(first.plan.layers.length);
});

async function runBuild(
  cacheFolder: string,
  { killAfter }: { readonly killAfter?: string },
): Promise<{ lines: unknown[]; signal: string | null }> {
  const argv = [join(checkoutRoot, 'src/cli/mwpipe.ts'), '--json', 'build', 'demo'];
  const child = spawn(process.execPath, argv, {
    cwd: checkoutRoot,
    env: { ...process.env, MWPIPE_CACHE: cacheFolder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (killAfter !== undefined && text.includes(`"${killAfter}"`)) child.kill('SIGKILL');
  });
  const signal = await new Promise<string | null>((resolve) => child.on('close', (_code, by) => resolve(by)));
  const whole = text.slice(0, text.lastIndexOf('\n')).split('\n').filter(Boolean);
  return { lines: whole.map((line) => JSON.parse(line) as unknown), signal };
}
