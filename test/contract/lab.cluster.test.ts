// needs: docker, root, kubernetes
/** The lab itself: what a test may take for granted of its cluster, and that nothing of one stays behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { labCluster } from '../lab/cluster.ts';
import { kubernetesTools } from '../lab/helm.ts';
import { runCommand } from '../worlds/command.ts';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';

const scripts = join(import.meta.dirname, '../lab');
const name = `lab-test-${String(process.pid)}`;

it.each(['build-kubernetes.sh', 'cluster.sh', 'start-cluster.sh'])('%s parses', async (script) => {
  expect(await runCommand(['bash', '-n', join(scripts, script)])).toMatchObject({ code: 0, stderr: '' });
});

it('runs a pod of a loaded image, and its service answers at the node', async () => {
  const cluster = await labCluster();
  const { kubectl } = await kubernetesTools();
  const ask = async (...argv: readonly string[]) => {
    const done = await runCommand([kubectl, '--kubeconfig', cluster.kubeconfig, ...argv]);
    if (done.code !== 0) throw new Error(done.stderr);
    return done.stdout;
  };
  const image = `${name}:1`;
  await importBusybox(image);
  try {
    await cluster.load(image);
    const started = performance.now();
    await cluster.load(image);
    expect(performance.now() - started).toBeLessThan(1000);
    await ask('create', 'namespace', name);
    await ask('-n', name, 'run', 'web', `--image=${image}`, '--image-pull-policy=Never', '--port=8080');
    await ask('-n', name, 'wait', '--for=condition=Ready', 'pod/web', '--timeout=60s');
    await ask('-n', name, 'expose', 'pod', 'web', '--type=NodePort', '--port=8080');
    const port = await ask('-n', name, 'get', 'service', 'web', '-o', 'jsonpath={.spec.ports[0].nodePort}');
    expect(await textOf(`http://${cluster.node}:${port}/etc/hello`)).toBe('hello from the pod\n');
  } finally {
    await ask('delete', 'namespace', name, '--ignore-not-found', '--wait=false').catch(() => undefined);
    await dockerEngine().getImage(image).remove();
    await cluster[Symbol.asyncDispose]();
  }
});

it('removes all of a cluster whose run was killed while it started, and leaves nothing of one that was taken down', async () => {
  const home = await mkdtemp(join(tmpdir(), 'mwpipe-lab-test-'));
  const env = { LAB_HOME: home, LAB_PROGRAMS: join(home, 'none') };
  try {
    const before = await traces(home);
    // Its apiserver is missing, so it starts for a while; its owner is a process that is then killed, as it is itself.
    const owner = spawn('sleep', ['1000']);
    const starting = spawn(join(scripts, 'cluster.sh'), ['up', 'killed', String(owner.pid)], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    await until(async () => (await traces(home)).some((trace) => trace.includes('containerd')));
    const ended = [once(starting, 'exit'), once(owner, 'exit')];
    starting.kill('SIGKILL');
    owner.kill('SIGKILL');
    await Promise.all(ended);
    expect((await traces(home)).length).toBeGreaterThan(before.length);
    expect(await runCommand([join(scripts, 'cluster.sh'), 'sweep'], { env })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('removing cluster killed, whose run is gone') as string,
    });
    expect(await traces(home)).toEqual(before);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

/** Whatever a cluster makes outside of its folder, and its processes and mounts. */
async function traces(home: string): Promise<string[]> {
  const found = [
    await runCommand(['ip', 'netns']),
    await runCommand(['sh', '-c', 'ip -o link show type veth | grep -o "mw[lp][0-9]*"']),
    await runCommand(['sh', '-c', 'iptables -w -S FORWARD | grep mwl']),
    await runCommand(['sh', '-c', `ps -eo args | grep -F '${home}/' | grep -v grep`]),
    await runCommand(['sh', '-c', `grep -F '${home}/' /proc/mounts`]),
  ];
  return found
    .flatMap(({ stdout }) => stdout.split('\n'))
    .filter((line) => line !== '' && !line.includes('cluster.sh'));
}

async function importBusybox(image: string): Promise<void> {
  const make = `mkdir -p bin etc && cp /bin/busybox bin/ && echo 'hello from the pod' > etc/hello && tar -c bin etc`;
  const change = 'ENTRYPOINT ["/bin/busybox","httpd","-f","-p","8080","-h","/"]';
  const folder = await mkdtemp(join(tmpdir(), 'mwpipe-lab-image-'));
  const done = await runCommand(['sh', '-c', `(${make}) | docker import -c '${change}' - ${image}`], { cwd: folder });
  await rm(folder, { recursive: true });
  expect(done).toMatchObject({ code: 0 });
}

async function textOf(url: string): Promise<string> {
  let last: unknown;
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(2000) })).text();
    } catch (thrown) {
      last = thrown;
      await setTimeout(100);
    }
  }
  throw new Error(`${url} never answered`, { cause: last });
}

async function until(true_: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await true_()) return;
    await setTimeout(100);
  }
  throw new Error('never so');
}
