/** What fails in a lab cluster, and comes back: a process of the node, one container's disk, one pod's network. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runCommand } from '../worlds/command.ts';
import type { LabCluster } from './cluster.ts';

type Part = 'kube-apiserver' | 'kubelet';

/** Stops answering, as a machine does that hangs. */
export async function hang(cluster: LabCluster, part: Part): Promise<AsyncDisposable> {
  return frozen(await processOf(({ line, comm }) => comm === part && line.includes(`${folderOf(cluster)}/`)));
}

/** One that can be killed at once, when the moment comes; `start` brings it back as it was. */
export async function mortal(cluster: LabCluster, part: Part): Promise<{ kill(): void; start(): Promise<void> }> {
  const folder = folderOf(cluster);
  const pid = await processOf(({ line, comm }) => comm === part && line.includes(`${folder}/`));
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  const mounts = (await readFile(join(folder, 'mounts.pid'), 'utf8')).trim();
  const namespaces = [`--net=/run/netns/mwl-${basename(folder)}`, `--mount=/proc/${mounts}/ns/mnt`];
  return {
    kill: () => process.kill(Number(pid), 'SIGKILL'),
    start: async () => {
      const log = openSync(join(folder, 'log', `${part}-again`), 'a');
      spawn('nsenter', [...namespaces, ...argv], { detached: true, stdio: ['ignore', log, log] }).unref();
      if (part === 'kube-apiserver') await answers(cluster);
    },
  };
}

/** A process of a container, stopped where it is. */
export async function freeze(container: string): Promise<AsyncDisposable> {
  return frozen(await processOf(({ groups }) => groups.includes(container)));
}

/** Runs where a container is, with all rights: its files (`mount`), or its network (`net`) with this machine's programs. */
export async function inside(
  container: string,
  where: 'mount' | 'net',
): Promise<(...argv: readonly [string, ...string[]]) => Promise<void>> {
  const pid = await processOf(({ groups }) => groups.includes(container));
  return async (...argv) => {
    const done = await runCommand(['nsenter', '-t', pid, `--${where}`, '--', ...argv]);
    if (done.code !== 0) throw new Error(`${argv.join(' ')}: ${done.stderr}`);
  };
}

function folderOf({ kubeconfig }: LabCluster): string {
  return dirname(kubeconfig);
}

function frozen(pid: string): AsyncDisposable {
  process.kill(Number(pid), 'SIGSTOP');
  return {
    [Symbol.asyncDispose]: () => {
      process.kill(Number(pid), 'SIGCONT');
      return Promise.resolve();
    },
  };
}

interface Seen {
  readonly comm: string;
  readonly line: string;
  /** Its cgroups, which name its container. */
  readonly groups: string;
}

/** The oldest of them: a container's first, not one that just looks in. Numbers begin anew at some time. */
async function processOf(isIt: (seen: Seen) => boolean): Promise<string> {
  const found: { pid: string; started: number }[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const [comm, line, groups, stat] = await Promise.all([read('comm'), read('cmdline'), read('cgroup'), read('stat')]);
    const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    if (isIt({ comm: comm.trim(), line, groups })) found.push({ pid, started });
  }
  const [oldest] = found.toSorted((a, b) => a.started - b.started);
  if (oldest === undefined) throw new Error('no such process');
  return oldest.pid;
}

async function answers({ kubeconfig, node }: LabCluster): Promise<void> {
  const pki = join(dirname(kubeconfig), 'pki');
  const argv = ['--cacert', join(pki, 'ca.crt'), '--cert', join(pki, 'admin.crt'), '--key', join(pki, 'admin.key')];
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const child = spawn('curl', ['-sf', '--max-time', '2', ...argv, `https://${node}:6443/readyz`], {
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code === 0) return;
    await setTimeout(200);
  }
  throw new Error('the API server never came back');
}
