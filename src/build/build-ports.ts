/** What building an image asks of the outside, all together. */
import type { BlobStore } from '../kernel/blob-store.ts';
import type { Compression } from '../kernel/stored-layer.ts';
import type { GitObjects } from '../resolve/index.ts';
import type { RuntimePorts } from './ports.ts';
import type { StepPorts } from './steps-ports.ts';

export interface BuildPorts extends RuntimePorts {
  /** Folder of the OCI layout that every image is in. */
  readonly layout: string;
  /** Where what has embargoed patches in it is kept: its owner's alone. Its store reads the public one too. */
  readonly apart?: { readonly blobs: BlobStore; readonly layout: string; readonly logs: string };
  /** @default 'gzip' */
  readonly compression?: Compression;
  readonly objects: GitObjects;
  /** Runs what makes files in containers. @default nobody: such layers are left out */
  readonly containers?: ContainerPorts;
}

export interface ContainerPorts extends Pick<StepPorts, 'runner' | 'advisories' | 'network' | 'logs'> {
  /** Processes at once: cores of this machine. */
  readonly threads: number;
}
