/** What dpkg says that a runtime has installed, read from the runtime's layers: no container is started for it. */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { openLayer, type StoredLayer } from '../../kernel/stored-layer.ts';

interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Name of the source package, by which Debian's security tracker knows it. */
  readonly source: string;
}

export interface DebianFacts {
  /** `debian-12` */
  readonly distro: string;
  /** `Debian GNU/Linux 12 (bookworm)` */
  readonly title: string;
  readonly packages: readonly DebianPackage[];
  /** `http://deb.debian.org/debian bookworm bookworm-updates`: where apt of the runtime takes packages from. */
  readonly archives: readonly string[];
}

const STATUS = 'var/lib/dpkg/status';
const RELEASE = 'usr/lib/os-release';
const SOURCES = /^etc\/apt\/sources\.list\.d\/[^/]+\.sources$/;
/** Of Debian with everything it is 8 MB for 3,000 packages. */
const LARGEST = 64_000_000;

/** Undefined where no layer has dpkg's list. The highest layer that has a file is the one that counts. */
export async function readDebian(
  layers: readonly StoredLayer[],
  { blobs, signal }: { readonly blobs: BlobStore; readonly signal: AbortSignal },
): Promise<DebianFacts | undefined> {
  const files = new Map<string, string>();
  for (const layer of layers.toReversed()) {
    for (const [path, text] of await textsIn(layer, { blobs, signal })) if (!files.has(path)) files.set(path, text);
    if (files.has(STATUS) && files.has(RELEASE)) break;
  }
  const status = files.get(STATUS);
  if (status === undefined) return undefined;
  const release = files.get(RELEASE) ?? '';
  const archives = [...files].filter(([path]) => SOURCES.test(path)).flatMap(([, text]) => archivesOf(text));
  return {
    distro: `${fieldOf(release, 'ID') ?? 'debian'}-${fieldOf(release, 'VERSION_ID') ?? 'unknown'}`,
    title: fieldOf(release, 'PRETTY_NAME') ?? 'Debian',
    packages: parseStatus(status),
    archives: [...new Set(archives)].sort(),
  };
}

async function textsIn(
  layer: StoredLayer,
  { blobs, signal }: { readonly blobs: BlobStore; readonly signal: AbortSignal },
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const reader = extract();
  const read = pipeline(Readable.from(openLayer(layer, blobs)), reader, { signal });
  read.catch(() => undefined); // told below, when the reader ends
  for await (const entry of reader) {
    const path = entry.header.name.replace(/^(\.?\/)+/, '');
    const wanted = path === STATUS || path === RELEASE || SOURCES.test(path);
    if (!wanted || entry.header.type !== 'file' || entry.header.size > LARGEST) entry.resume();
    else texts.set(path, await textOf(entry as AsyncIterable<Buffer>));
  }
  await read;
  return texts;
}

async function textOf(entry: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** deb822 paragraphs; what was removed and left its settings isn't there any more. Sorted by name. */
function parseStatus(text: string): DebianPackage[] {
  const packages = text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: *(.*)$`, 'm').exec(paragraph)?.[1];
    const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
    if (name === undefined || version === undefined || architecture === undefined) return [];
    if (!/ (installed|triggers-pending|triggers-awaited)$/.test(field('Status') ?? '')) return [];
    return [{ name, version, architecture, source: (field('Source') ?? name).replace(/ .*/, '') }];
  });
  return packages.sort((a, b) => compare(a.name, b.name) || compare(a.architecture, b.architecture));
}

/** apt's sources, in its newer format. */
function archivesOf(text: string): string[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'm').exec(paragraph)?.[1] ?? '';
    const uris = field('URIs').split(/\s+/);
    return uris.filter((uri) => uri !== '').map((uri) => `${withoutLogin(uri)} ${field('Suites')}`);
  });
}

/** A private mirror's password is nobody's business. */
function withoutLogin(uri: string): string {
  return uri.replace(/\/\/[^/@]*@/, '//').replace(/\/$/, '');
}

function fieldOf(release: string, name: string): string | undefined {
  return new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(release)?.[1];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
