/** The image's configuration: from it the image ID, so it holds no clock, no machine and no order of chance. */
import { canonicalJson, digestOf, sha256, short, type Digest } from '../../kernel/digest.ts';
import type { Lockfile } from '../../resolve/index.ts';
import { baseLabels } from '../runtimes/runtime-identity.ts';
import { withoutPatches } from '../layers/mounted-trees.ts';
import type { StoredLayer } from '../../kernel/stored-layer.ts';
import type { LayerChain, StoredRuntime } from '../ports.ts';
import { manifestOf } from './manifest.ts';
import { ociLabels } from './oci-labels.ts';

export interface AssembledImage {
  readonly imageId: Digest;
  readonly config: Buffer;
  /** The image's manifest; registries know it by `manifestDigest`. */
  readonly manifest: Buffer;
  readonly manifestDigest: Digest;
  readonly tag: string;
  readonly visibility: 'public' | 'private';
  /** Lowest first, the runtime's among them. */
  readonly layers: readonly NamedLayer[];
}

interface NamedLayer extends StoredLayer {
  readonly name: string;
}

export interface ImageParts {
  readonly lock: Lockfile;
  /** `php82/web` */
  readonly runtime: { readonly name: string; readonly image: StoredRuntime };
  readonly layers: readonly NamedLayer[];
  readonly architecture: string;
}

/** A time that is as wrong for everybody: one that moved would move the image ID. */
export const CREATED = '1980-01-01T00:00:00Z';

/** Engines know our images by this label, among all others'. */
const KIND_LABEL = 'mwpipe.kind';

export function assembleImage(parts: ImageParts): AssembledImage {
  const layers = [
    ...parts.runtime.image.layers.map((layer, index) => ({ ...layer, name: `runtime ${index + 1}` })),
    ...parts.layers,
  ];
  const chain = layers.map((layer) => layer.diffId);
  const config = Buffer.from(canonicalJson(configOf(parts, chain)));
  const imageId = sha256(config);
  const manifest = manifestOf(config, layers);
  const manifestDigest = sha256(manifest);
  const { visibility = 'public' } = parts.lock;
  return {
    imageId,
    config,
    manifest,
    manifestDigest,
    visibility,
    tag: imageTag(parts.lock.set, imageId),
    layers,
  };
}

function configOf({ lock, runtime, layers, architecture }: ImageParts, chain: LayerChain): unknown {
  const { config } = runtime.image;
  return {
    architecture,
    os: 'linux',
    created: CREATED,
    config: {
      Entrypoint: config.entrypoint,
      Cmd: config.cmd,
      Env: config.env,
      WorkingDir: config.workdir,
      ExposedPorts: Object.fromEntries(config.ports.map((port) => [port, {}])),
      Labels: { ...labelsOf(lock, runtime.name), ...ociLabels(lock, runtime.image), ...baseLabels(runtime.image.base) },
    },
    history: [
      ...runtime.image.layers.map((_, index) => step(`runtime ${runtime.name}, layer ${index + 1}`)),
      ...layers.map((layer) => step(layer.name)),
    ],
    rootfs: { type: 'layers', diff_ids: chain },
  };
}

function step(what: string): unknown {
  return { created: CREATED, created_by: `mwpipe build: ${what}` };
}

function labelsOf(lock: Lockfile, runtime: string): Record<string, string> {
  const patched = lock.components.filter((component) => component.patch !== undefined);
  return {
    [KIND_LABEL]: 'image',
    'mwpipe.set': lock.set,
    'mwpipe.lock': digestOf(withoutPatches(lock)),
    'mwpipe.mediawiki': lock.mediawiki,
    'mwpipe.runtime': runtime,
    ...(lock.visibility === 'private' ? { [VISIBILITY_LABEL]: 'private' } : {}),
    ...(patched.length === 0
      ? {}
      : { 'mwpipe.patched': patched.map(({ name, patch }) => `${name}@${patch?.tree ?? ''}`).join(' ') }),
  };
}

/** An image that has it stays where embargoed patches may be. */
const VISIBILITY_LABEL = 'mwpipe.visibility';

/** What an engine calls the image of a set, built here or elsewhere. */
export function imageTag(set: string, imageId: Digest): string {
  return `mwpipe/${repositoryName(set)}:${short(imageId)}`;
}

/** A set's name as engines allow it in a repository's. */
function repositoryName(set: string): string {
  const name = set
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? 'set' : name;
}
