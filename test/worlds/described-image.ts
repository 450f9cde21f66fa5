/** An image to describe: components in memory, a runtime of one layer with dpkg's list in it. */
import { Readable } from 'node:stream';
import type { StoredRuntime } from '../../src/build/ports.ts';
import { assembleImage, type AssembledImage } from '../../src/build/image/image-config.ts';
import { withoutPatches } from '../../src/build/layers/mounted-trees.ts';
import type { DescribedImage } from '../../src/build/supply/described-image.ts';
import type { BlobStore } from '../../src/kernel/blob-store.ts';
import { sha256 } from '../../src/kernel/digest.ts';
import { storeLayer, type StoredLayer } from '../../src/kernel/stored-layer.ts';
import { TAR_END, tarHeader, tarPadding } from '../../src/kernel/tar.ts';
import type { Lockfile } from '../../src/resolve/index.ts';

/** A layer of files by their paths in the image. */
function layerOf(files: Readonly<Record<string, string>>, blobs: BlobStore): Promise<StoredLayer> {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const data = Buffer.from(text);
    return [tarHeader({ kind: 'file', path, bytes: data.length, mtime: 0 }), data, tarPadding(data.length)];
  });
  return storeLayer(Readable.from([...parts, TAR_END]), { blobs });
}

const DPKG_STATUS = `Package: libc6
Status: install ok installed
Source: glibc
Architecture: amd64
Version: 2.36-9+deb12u10

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: adduser
Status: install ok installed
Architecture: all
Version: 3.134
`;

const OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const APT = 'Types: deb\nURIs: http://someone:secret@deb.example.test/debian/\nSuites: bookworm bookworm-updates\n';

async function debianRuntime(blobs: BlobStore): Promise<StoredRuntime> {
  const layer = await layerOf(
    {
      'usr/lib/os-release': OS_RELEASE,
      'etc/apt/sources.list.d/debian.sources': APT,
      'var/lib/dpkg/status': DPKG_STATUS,
    },
    blobs,
  );
  const config = { entrypoint: ['/entry'], cmd: [], env: [], workdir: '/srv/mediawiki', ports: [] };
  const imageId = sha256('runtime');
  return { imageId, tag: 'mwpipe/runtime-php82:web-1', diffIds: [layer.diffId], bytes: 1, config, layers: [layer] };
}

export interface WholeImage extends DescribedImage {
  readonly image: AssembledImage;
}

/** Lowest first: the runtime, a layer of code, the lock, and one for each patched component. */
export async function describedImage(lock: Lockfile, blobs: BlobStore): Promise<WholeImage> {
  const runtime = { name: 'php82/web', image: await debianRuntime(blobs) };
  const named = async (name: string, path: string, text: string) => ({
    ...(await layerOf({ [`srv/mediawiki/${path}`]: text }, blobs)),
    name,
  });
  const trees = JSON.stringify(lock.components.map(({ tree }) => tree));
  const layers = [
    await named('code', 'code', trees),
    await named('lock', 'mwpipe.json', JSON.stringify(withoutPatches(lock))),
  ];
  for (const { name, patch } of lock.components) {
    if (patch !== undefined) layers.push(await named(`${name} (patched)`, name, patch.tree));
  }
  const image = assembleImage({ lock, runtime, layers, architecture: 'amd64' });
  return { image, lock, runtime, version: '0.1.0' };
}
