/** A repository of any registry that speaks the OCI distribution spec v1.1: https://github.com/opencontainers/distribution-spec */
import type { ImageRegistry } from '../../build/registry-ports.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import { registryClient, type Limits } from './client.ts';
import type { Login } from './credentials.ts';
import { endpointOf } from './endpoint.ts';
import { fetchBlobs } from './fetch-blobs.ts';
import { heldContents } from './held-contents.ts';
import { readManifest } from './manifests.ts';
import { attachTo, pushImage, type Repository } from './push.ts';
import { listReferrers } from './referrers.ts';

export { dockerLogin, type Login } from './credentials.ts';

export interface RegistryOptions {
  /** As mwpipe.yaml calls it. */
  readonly name: string;
  /** `host[:port]/path` */
  readonly repository: string;
  readonly isPrivate: boolean;
  readonly insecure: boolean;
  readonly verify: 'length' | 'read';
  readonly login?: Login | undefined;
  readonly blobs: BlobStore;
  readonly limits?: Partial<Limits>;
}

export function ociRegistry(options: RegistryOptions): ImageRegistry {
  const { name, isPrivate, verify, blobs, login } = options;
  const endpoint = endpointOf(options.repository, options.insecure);
  const { host, path } = endpoint;
  const limits = { silenceMs: 60_000, waitMs: 120_000, tries: 5, ...options.limits };
  const client = registryClient({ name, host, path }, { endpoint, login, limits });
  const repository: Repository = { client, blobs, verify };
  return {
    name,
    host,
    path,
    isPrivate,
    held: (contents, context) => heldContents(client, contents, context),
    push: (request, context) => pushImage(repository, request, context),
    attach: (subject, attachments, context) => attachTo(repository, { subject, attachments }, context),
    attachments: (subject, context) => listReferrers(client, subject, context),
    read: (reference, context) => readManifest(client, reference, context),
    fetch: (wanted, context) => fetchBlobs(repository, wanted, context),
  };
}
