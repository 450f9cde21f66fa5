// needs: docker, root, kubernetes, the world
/** `mwpipe config push` on a cluster: real MediaWiki in three pods changes what it answers, and no pod is restarted. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { labCluster, type LabCluster } from '../lab/cluster.ts';
import { runCommand } from '../worlds/command.ts';
import { testContext } from '../worlds/context.ts';
import { demoOnPods, type DemoOnPods } from '../worlds/kubernetes/demo-on-pods.ts';
import { valueOf } from '../worlds/overlays.ts';

const PODS = 3;
let cluster: LabCluster;
let demo: DemoOnPods;

beforeAll(async () => {
  cluster = await labCluster();
  demo = await demoOnPods(cluster, { replicas: PODS, config: 'soak: 0' });
  await installWiki();
});
afterAll(async () => {
  await demo[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

it('changes what every pod answers, checked in a pod first, and back; no pod is restarted', async () => {
  const first = await push();
  expect(first).toMatchObject({ code: 0 });
  expect(await names()).toEqual(demo.pods.map(() => 'mwpipe demo'));
  await demo.rename('Another name');
  expect(await push()).toMatchObject({ code: 0 });
  expect(await names()).toEqual(demo.pods.map(() => 'Another name'));
  expect(await demo.mwpipe('config', 'rollback', '--to', 'k8s')).toMatchObject({ code: 0 });
  expect(await names()).toEqual(demo.pods.map(() => 'mwpipe demo'));
  expect(await demo.target.pods(PODS)).toEqual(demo.pods);
});

it('refuses PHP that dies, found in a pod of the same image; the pods serve what they had', async () => {
  const php = join(demo.root, 'config-overlays/demo/CommonSettings.php');
  const before = await readFile(php, 'utf8');
  await writeFile(php, `${before}\nnoSuchFunction();\n`);
  const refused = await push();
  await writeFile(php, before);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('noSuchFunction') as string });
  expect(await names()).toEqual(demo.pods.map(() => 'mwpipe demo'));
});

it('names a pod that can not activate, and leaves all with the old bundle again', async () => {
  const [broken = ''] = demo.pods;
  const mode = (bits: string) =>
    demo.target.kubectl('exec', broken, '-c', 'agent', '--', 'chmod', bits, '/srv/overlay/slots');
  await mode('555');
  await demo.rename('Never everywhere');
  const pushed = await push();
  await mode('755');
  expect(pushed).toMatchObject({ code: 1, stderr: expect.stringContaining(broken) as string });
  await expect.poll(() => names(), { timeout: 20_000 }).toEqual(demo.pods.map(() => 'mwpipe demo'));
});

it('reads a secret of the target: its Secret has the value, the bundle a reference', async () => {
  await demo.rename('{ $secret: motto }');
  expect(await push()).toMatchObject({ code: 0 });
  expect(await names()).toEqual(demo.pods.map(() => 'known to the target alone'));
});

it('stops at debug: who has the pin sees the new bundle on every pod, all others the old; then the same push goes on', async () => {
  const before = await names();
  await demo.rename('For me alone');
  const waiting = await push('--stop-at', 'debug', '--json');
  expect(waiting).toMatchObject({ code: 0 });
  const { pin, bundle } = resultOf(waiting.stdout) as { pin: { value: string; url: string }; bundle: string };
  expect(pin.url).toBe('http://localhost:8080/');
  expect(await names(pin.value)).toEqual(demo.pods.map(() => 'For me alone'));
  expect(await names()).toEqual(before);
  expect(await demo.mwpipe('config', 'status', '--to', 'k8s')).toMatchObject({
    stdout: expect.stringContaining('debug pin') as string,
  });
  expect(await push()).toMatchObject({ code: 0, stdout: expect.stringContaining(bundle.slice(0, 12)) as string });
  expect(await names()).toEqual(demo.pods.map(() => 'For me alone'));
});

it('heeds no pin that is over, signed by another, or of a bundle that is not there, and the answer says why', async () => {
  const [pod = ''] = demo.pods;
  const context = testContext();
  const sign = async (bundle: string, seconds: number) =>
    valueOf(await demo.target.host.pin({ bundle, seconds }, context)).value;
  const live = valueOf(await demo.target.host.slots(context))[0]?.bundle ?? '';
  const right = await sign(live, 60);
  expect(await pinAnswer(pod, right)).toBe('');
  expect(await pinAnswer(pod, `${right.slice(0, -2)}00`)).toContain('not signed with the key of this instance');
  expect(await pinAnswer(pod, await sign(live, -60))).toMatch(/over, by the clock of this instance: 20\d\d-/);
  expect(await pinAnswer(pod, await sign('0'.repeat(64), 60))).toContain('does not have its bundle');
  await demo.target.kubectl('patch', 'secret', 'wiki', '--type=json', '-p', '[{"op":"remove","path":"/data/pin-key"}]');
  expect(await demo.target.host.pin({ bundle: live, seconds: 60 }, context)).toMatchObject({
    diagnostics: [{ code: 'config/no-pin', message: expect.stringContaining('Secret wiki has no pin-key') as string }],
  });
});

it('takes only what the target demands, and nothing twice that was undone, unless it is told why', async () => {
  await demo.configure('soak: 0, demand: merged, branch: main');
  await demo.rename('From a commit');
  expect(await push()).toMatchObject({ code: 4, stderr: expect.stringContaining('config/not-committed') as string });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'first');
  await git('checkout', '--quiet', '-b', 'mine');
  await git('commit', '--quiet', '--allow-empty', '-m', 'second');
  expect(await push()).toMatchObject({ code: 4, stderr: expect.stringContaining('config/not-merged') as string });
  await git('checkout', '--quiet', 'main');
  expect(await push()).toMatchObject({ code: 0 });
  expect(await names()).toEqual(demo.pods.map(() => 'From a commit'));
  expect(await demo.mwpipe('config', 'rollback', '--to', 'k8s')).toMatchObject({ code: 0 });
  expect(await push()).toMatchObject({ code: 4, stderr: expect.stringContaining('config/rolled-back') as string });
  expect(await push('--override', 'it was the network')).toMatchObject({ code: 0 });
  expect(await names()).toEqual(demo.pods.map(() => 'From a commit'));
  expect(await demo.mwpipe('config', 'history', '--to', 'k8s')).toMatchObject({
    stdout: expect.stringContaining('it was the network') as string,
  });
});

const push = (...flags: readonly string[]) => demo.mwpipe('config', 'push', '--to', 'k8s', ...flags);

async function git(...argv: readonly string[]): Promise<void> {
  const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.org'];
  expect(await runCommand(['git', '-C', demo.root, ...who, ...argv])).toMatchObject({ code: 0 });
}

/** What a command says at the end with --json. */
function resultOf(stdout: string): unknown {
  const lines = stdout.trim().split('\n');
  return (JSON.parse(lines.at(-1) ?? '{}') as { value?: unknown }).value;
}

const SITEINFO = 'http://127.0.0.1:8080/api.php?action=query&meta=siteinfo&format=json';

function php(pod: string, program: string): Promise<string> {
  return demo.target.kubectl('exec', pod, '-c', 'mediawiki', '--', 'php', '-r', program);
}

function asked(pin: string): string {
  const header = pin === '' ? '' : `X-Mwpipe-Bundle-Pin: ${pin}`;
  return `$said = file_get_contents( '${SITEINFO}', false, stream_context_create( [ 'http' => [ 'header' => '${header}' ] ] ) );`;
}

/** The name of the wiki, as a request to each pod is answered. */
function names(pin = ''): Promise<string[]> {
  const program = `${asked(pin)} print json_decode( $said )->query->general->sitename ?? var_export( $said, true );`;
  return Promise.all(demo.pods.map((pod) => php(pod, program)));
}

/** What the pod says of a pin that it doesn't heed. */
function pinAnswer(pod: string, pin: string): Promise<string> {
  return php(pod, `${asked(pin)} print implode( preg_grep( '/^X-Mwpipe-Bundle-Pin/i', $http_response_header ) );`);
}

/** Each pod has a database of its own here. */
async function installWiki(): Promise<void> {
  const install =
    'MW_CONFIG_FILE=/tmp/none.php php /srv/mediawiki/maintenance/run.php install --dbtype sqlite --dbpath /srv/data --dbname demowiki --server http://localhost:8080 --scriptpath "" --pass adminpassword123 --confpath /tmp MainWiki Admin && chown -R www-data:www-data /srv/data';
  await Promise.all(
    demo.pods.map((pod) => demo.target.kubectl('exec', pod, '-c', 'mediawiki', '--', 'sh', '-c', install)),
  );
}
