/** The page that the benches ask, in containers and in images derived from the demo's. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { dockerEngine } from '../../src/adapters/docker/engine.ts';
import { exec } from '../../src/adapters/docker/exec.ts';
import { valueOf } from '../../test/worlds/overlays.ts';
import { benchContext, stopped } from './stop.ts';

export interface DerivedImage extends AsyncDisposable {
  readonly id: string;
  readonly tag: string;
}

interface Derivation {
  /** By path: what a layer of its own adds. */
  readonly files: Readonly<Record<string, string>>;
  /** Run in it before it is kept. */
  readonly script?: string;
}

/** One layer on top, made by the engine itself: no rebuild can take less. */
async function derivedImage(from: string, { files, script }: Derivation): Promise<DerivedImage> {
  stopped.throwIfAborted();
  const docker = dockerEngine();
  const container = await docker.createContainer({ Image: from });
  try {
    await container.putArchive(await archiveOf(files), { path: '/' });
    if (script !== undefined) {
      await container.start();
      const done = valueOf(
        await exec({ docker, container: container.id }, { argv: ['sh', '-c', script] }, benchContext()),
      );
      if (done.exitCode !== 0) throw new Error(`${script}: ${done.stdout}${done.stderr}`);
    }
    const [repo, tag] = ['mwpipe-bench/config', randomUUID().slice(0, 8)];
    await container.commit({ repo, tag });
    const { Id } = await docker.getImage(`${repo}:${tag}`).inspect();
    return {
      id: Id,
      tag: `${repo}:${tag}`,
      [Symbol.asyncDispose]: async () => {
        await docker.getImage(`${repo}:${tag}`).remove({ force: true });
      },
    };
  } finally {
    await container.remove({ force: true });
  }
}

/** The demo's image with the page, and the database of an installed wiki for pods that have none in common. */
export async function probeImage(from: string): Promise<DerivedImage> {
  const to = '--dbtype sqlite --dbpath /srv/seed --dbname demowiki --server http://localhost:8080 --scriptpath ""';
  const install = `cd /srv/mediawiki && MW_CONFIG_FILE=/tmp/none.php php maintenance/run.php install ${to} --pass adminpassword123 --confpath /tmp MainWiki Admin`;
  return derivedImage(from, { files: await probePage(), script: `mkdir -p /srv/seed && ${install}` });
}

/** The image with a value baked in, as config is that isn't pushed. */
export async function bakedImage(from: string, value: string): Promise<DerivedImage> {
  return derivedImage(from, { files: { 'srv/mediawiki/baked.php': `<?php\nreturn '${value}';\n` } });
}

export async function probeArchive(): Promise<Buffer> {
  return archiveOf(await probePage());
}

/** Under a name that nginx hands to PHP. */
async function probePage(): Promise<Record<string, string>> {
  const page = await readFile(join(import.meta.dirname, 'probe.php'), 'utf8');
  return { 'srv/mediawiki/opensearch_desc.php': page };
}

/** Old files, since opcache keeps no young one. */
async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files))
    archive.entry({ name, mtime: new Date(1_000_000_000_000) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
