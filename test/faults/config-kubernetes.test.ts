// needs: root, kubernetes, docker, the world
/** What breaks in a cluster while config is pushed: each time the push says what, and leaves no pod with half of anything. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkoutRoot } from '../../src/cli/checkout.ts';
import { clusterOfOwn, type LabCluster } from '../lab/cluster.ts';
import { freeze, hang, inside, mortal } from '../lab/outage.ts';
import { demoOnPods, type DemoOnPods } from '../worlds/kubernetes/demo-on-pods.ts';
import { testContext } from '../worlds/context.ts';
import { valueOf } from '../worlds/overlays.ts';

const context = testContext();
let cluster: LabCluster;
let demo: DemoOnPods;
let broken = '';
let old = '';

/** One of three may be lost. */
const CAREFUL = 'soak: 0, lost: 40';
const STRICT = 'soak: 0, lost: 0';

beforeAll(async () => {
  cluster = await clusterOfOwn();
  demo = await demoOnPods(cluster, { replicas: 3, config: CAREFUL });
  broken = demo.pods[0] ?? '';
  expect(await push()).toMatchObject({ exit: 0 });
}, 900_000);
afterAll(async () => {
  await demo[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

let round = 0;
beforeEach(async () => {
  await demo.rename(`Round ${String((round += 1))}`);
  old = (await served())[broken] ?? '';
});

describe('a pod that can not unpack', () => {
  it('is named and leaves rotation where its disk is full; the others have the bundle, and the next push brings it back', async () => {
    await agent('mount', '-t', 'tmpfs', '-o', 'size=16k', 'none', '/srv/overlay/bundles');
    await lostAndFound(async () => {
      await agent('umount', '/srv/overlay/bundles');
    }, 'is the disk full?');
    // However often it tried, one agent is left.
    const shown = await demo.target.kubectl('exec', broken, '-c', 'agent', '--', 'sh', '-c', 'ls -d /proc/[0-9]*');
    expect(shown.trim().split('\n').length).toBeLessThan(5);
  });

  it('takes the others back where it is read-only and none may be lost', async () => {
    await demo.configure(STRICT);
    await agent('mount', '-o', 'remount,bind,ro', '/srv/overlay');
    const pushed = await push();
    await agent('mount', '-o', 'remount,bind,rw', '/srv/overlay');
    await demo.configure(CAREFUL);
    expect(pushed).toMatchObject({ exit: 1, diagnostics: [{ code: 'config/not-confirmed' }] });
    expect(pushed.said).toContain(broken);
    await allServe(old);
    expect(await users()).toHaveLength(3);
  });
});

it('an agent that hangs: its pod is named and leaves rotation, then goes on where it stopped', async () => {
  const thawing = await freeze(await container('agent'));
  await lostAndFound(() => thawing[Symbol.asyncDispose](), `${broken} serves ${old.slice(0, 12)}`);
});

it('a node that is lost while it activates: its pod is named and leaves rotation', async () => {
  const network = await inside(await container('agent'), 'net');
  const pushing = pushUntil('config/checked');
  await pushing.told;
  await network('iptables', '-A', 'INPUT', '-j', 'DROP');
  await network('iptables', '-A', 'OUTPUT', '-j', 'DROP');
  const kubelet = await hang(cluster, 'kubelet');
  const pushed = await pushing.ended;
  await network('iptables', '-F');
  await kubelet[Symbol.asyncDispose]();
  await isLost(pushed, "doesn't answer");
  await isFound();
});

describe('the API server, away in the middle of a push', () => {
  it.each(['config/staged', 'config/pointed'])(
    'is said where it goes after %s; the pods serve one bundle or the other, and the same command goes on',
    async (event) => {
      const server = await mortal(cluster, 'kube-apiserver');
      const pushing = pushUntil(event);
      await pushing.told;
      server.kill();
      const pushed = await pushing.ended;
      await server.start();
      expect(pushed).toMatchObject({ exit: 3 });
      expect(pushed.said).toContain('kubernetes/not-reachable');
      await expect.poll(async () => new Set(Object.values(await served())).size, POLL).toBe(1);
      if (event !== 'config/pointed') expect((await served())[broken]).toBe(old);
      await goesOn();
    },
  );
});

it.each(['config/staged', 'config/pointed'])(
  'mwpipe, killed after %s: the pods serve one bundle or the other, and the same command goes on',
  async (event) => {
    const pushing = pushUntil(event);
    await pushing.told;
    pushing.kill();
    expect((await pushing.ended).exit).toBeUndefined();
    await goesOn();
  },
);

/** With one pod out of action: a push goes on without it, and once it is mended the same push takes it back. */
async function lostAndFound(mend: () => PromiseLike<void>, because: string): Promise<void> {
  const pushed = await push();
  await mend();
  await isLost(pushed, because);
  await isFound();
}

async function isLost(pushed: Ended, because: string): Promise<void> {
  expect(pushed).toMatchObject({ exit: 0, value: { aside: [{ slot: 'blue', instances: [broken] }] } });
  expect(pushed.said).toContain(because);
  await expect.poll(users, POLL).toEqual(demo.pods.filter((pod) => pod !== broken));
}

async function isFound(): Promise<void> {
  expect(await push()).toMatchObject({ exit: 0 });
  await allServe(await wanted());
  await expect.poll(users, POLL).toEqual(demo.pods);
}

async function goesOn(): Promise<void> {
  expect(await push()).toMatchObject({ exit: 0 });
  await allServe(await wanted());
  expect(await wanted()).not.toBe(old);
  const unfinished = valueOf(await demo.target.host.confirm('blue', context)).filter(({ problem }) => problem);
  expect(unfinished).toEqual([]);
}

const POLL = { timeout: 30_000, interval: 200 };

async function allServe(bundle: string): Promise<void> {
  await expect.poll(served, POLL).toEqual(Object.fromEntries(demo.pods.map((pod) => [pod, bundle])));
}

/** By pod, in its own words. */
async function served(): Promise<Record<string, string | undefined>> {
  const answers = valueOf(await demo.target.host.confirm('blue', context));
  return Object.fromEntries(answers.map(({ instance, bundle }) => [instance, bundle]));
}

/** What the slot points to. */
async function wanted(): Promise<string> {
  return valueOf(await demo.target.host.slots(context))[0]?.bundle ?? '';
}

/** Pods that the Service sends users to. */
async function users(): Promise<string[]> {
  const path = 'jsonpath={.subsets[*].addresses[*].targetRef.name}';
  const names = await demo.target.kubectl('get', 'endpoints', 'wiki-blue', '-o', path);
  return names.split(' ').sort();
}

/** What `mwpipe config push --json` says last; nothing of it where it was killed. */
interface Ended {
  readonly exit?: number;
  readonly value?: unknown;
  readonly diagnostics?: unknown;
  /** All of it. */
  readonly said: string;
}

const push = (): Promise<Ended> => pushUntil('').ended;

/** A push that runs on while something happens to it. @param code of the event after which that shall begin */
function pushUntil(code: string): { readonly told: Promise<unknown>; readonly ended: Promise<Ended>; kill(): void } {
  const argv = [join(checkoutRoot, 'src/cli/mwpipe.ts'), 'config', 'push', '--json', '--to', 'k8s'];
  const child = spawn('node', argv, { cwd: demo.root, stdio: ['ignore', 'pipe', 'inherit'] });
  const told = Promise.withResolvers<undefined>();
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes(`"${code}"`)) told.resolve(undefined);
  });
  const ended = once(child, 'close').then((): Ended => {
    told.resolve(undefined);
    const last = said.split('\n').find((line) => line.includes('"code":"result"'));
    return { ...(JSON.parse(last ?? '{}') as Omit<Ended, 'said'>), said };
  });
  return { told: told.promise, ended, kill: () => child.kill('SIGKILL') };
}

/** Where the broken pod's agent is, with this machine's rights. */
async function agent(...argv: readonly [string, ...string[]]): Promise<void> {
  await (
    await inside(await container('agent'), 'mount')
  )(...argv);
}

async function container(name: string): Promise<string> {
  const path = `jsonpath={.status.containerStatuses[?(@.name=="${name}")].containerID}`;
  return (await demo.target.kubectl('get', 'pod', broken, '-o', path)).replace('containerd://', '').trim();
}
