/**
 * A real Kubernetes cluster for tests and benches: `await using cluster = await labCluster()`. One serves a whole test
 * run (a cluster costs 22 s): tests use namespaces of their own. MWPIPE_TEST_KUBECONFIG names another cluster instead.
 */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { KubeConfig, CoreV1Api } from '@kubernetes/client-node';
import { runCommand } from '../worlds/command.ts';
import { buildPrograms, clusterScript } from './programs.ts';

export interface LabCluster extends AsyncDisposable {
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  /** This machine, as pods see it: 10.201.N.1. */
  readonly host: string;
  /** Where NodePorts answer: 10.201.N.2. */
  readonly node: string;
  /** Makes an image of the local engine known to the cluster, by its name; nothing happens where it is there. */
  load(image: string): Promise<void>;
}

export async function labCluster(): Promise<LabCluster> {
  const other = process.env['MWPIPE_TEST_KUBECONFIG'] ?? '';
  if (other !== '') return otherCluster(other);
  await buildPrograms();
  const run = process.env['MWPIPE_LAB_RUN'];
  const name = run === undefined ? `own-${String(process.pid)}-${String((made += 1))}` : runName(run);
  const cluster = await labClusterNamed(await startCluster(name, run ?? String(process.pid)));
  // A run's own is kept for its other files, and removed at its end (test/setup/lab.ts, run-tests.ts).
  return run === undefined ? cluster : { ...cluster, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** A cluster that a test may break: it is the lab's, and nobody else's. */
export async function clusterOfOwn(): Promise<LabCluster> {
  await buildPrograms();
  return labClusterNamed(await startCluster(`own-${String(process.pid)}-${String((made += 1))}`, String(process.pid)));
}

let made = 0;

/** @param owner process that wants it: a later call removes clusters whose owner is gone; `keep`: nobody's */
export async function startCluster(name: string, owner: string): Promise<string> {
  return (await clusterScript('up', name, owner)).trim();
}

/** The cluster that all files of a test run share. @param run process id of the run */
export async function removeRunCluster(run: string): Promise<void> {
  await clusterScript('down', runName(run));
}

function runName(run: string): string {
  return `run-${run}`;
}

async function labClusterNamed(kubeconfig: string): Promise<LabCluster> {
  const folder = dirname(kubeconfig);
  const name = basename(folder);
  const number = (await readFile(join(folder, 'number'), 'utf8')).trim();
  return {
    kubeconfig,
    host: `10.201.${number}.1`,
    node: `10.201.${number}.2`,
    load: async (image) => {
      await clusterScript('load', name, image);
    },
    [Symbol.asyncDispose]: async () => {
      await clusterScript('down', name);
    },
  };
}

/** Somebody else's: nothing of it is started or removed; its images come by the command in MWPIPE_TEST_LOAD. */
async function otherCluster(kubeconfig: string): Promise<LabCluster> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const { items } = await config.makeApiClient(CoreV1Api).listNode();
  const node = items[0]?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (node === undefined) throw new Error(`${kubeconfig}: its cluster has no node with an address`);
  const loaded = new Set<string>();
  return {
    kubeconfig,
    host: process.env['MWPIPE_TEST_HOST'] ?? ownAddress(),
    node,
    load: async (image) => {
      if (!loaded.has(image)) await loadByCommand(image);
      loaded.add(image);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function loadByCommand(image: string): Promise<void> {
  const [program, ...argv] = (process.env['MWPIPE_TEST_LOAD'] ?? '').split(' ').filter((word) => word !== '');
  if (program === undefined)
    throw new Error('MWPIPE_TEST_LOAD is not set: kind load docker-image, minikube image load');
  const done = await runCommand([program, ...argv, image]);
  if (done.code !== 0) throw new Error(`${program} ${[...argv, image].join(' ')}: ${done.stderr}`);
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
