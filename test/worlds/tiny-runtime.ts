/** A runtime that is built in seconds: the base that this machine bootstrapped for real ones, and nothing on it. */
import { copyFile, cp, link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environment } from '../../src/cli/process.ts';

const checkout = join(import.meta.dirname, '../..');
const IMAGE = `version: 1
description: nothing but Debian
base: { debian: bookworm, variant: minbase }
flavours: { web: web }
`;

/** `images/php82` of a workspace; its cache borrows the base, so that it isn't bootstrapped again. */
export async function tinyRuntime({
  workspace,
  cache,
}: {
  readonly workspace: string;
  readonly cache: string;
}): Promise<void> {
  const images = join(workspace, 'images');
  await mkdir(join(images, 'php82'), { recursive: true });
  await cp(join(checkout, 'images/common'), join(images, 'common'), { recursive: true });
  await writeFile(join(images, 'php82/image.yaml'), IMAGE);
  await writeFile(
    join(images, 'php82/Dockerfile'),
    'ARG BASE\nFROM ${BASE} AS web\nWORKDIR /srv/mediawiki\nENTRYPOINT ["/bin/sh"]\n',
  );
  await borrowBase(cache);
}

async function borrowBase(cache: string): Promise<void> {
  const from = join(environment.cache(), 'blobs');
  const names = await readdir(join(from, 'named')).catch(() => []);
  await mkdir(join(cache, 'blobs/named'), { recursive: true });
  for (const name of names.filter((one) => one.startsWith('base%2F'))) {
    const document = await readFile(join(from, 'named', name), 'utf8');
    const hex = /sha256:([0-9a-f]{64})/.exec(document)?.[1] ?? '';
    const path = join('sha256', hex.slice(0, 2), hex);
    await mkdir(dirname(join(cache, 'blobs', path)), { recursive: true });
    const [source, target] = [join(from, path), join(cache, 'blobs', path)];
    await link(source, target).catch(() => copyFile(source, target));
    await writeFile(join(cache, 'blobs/named', name), document);
  }
}
