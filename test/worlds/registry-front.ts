/** Debian's registry behind a proxy that misbehaves, a blob store with images, and a clock on which waiting takes no time. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ociRegistry, type Login, type RegistryOptions } from '../../src/adapters/registry/index.ts';
import type { PublishRequest } from '../../src/build/publish/publish-image.ts';
import { pullImage } from '../../src/build/publish/pull-image.ts';
import { testContext } from './context.ts';
import { faultyRegistry, type Choose, type FaultyOptions } from './faulty-registry.ts';
import { blobFolder, type BlobFolder } from './published-image.ts';
import { registryWorld } from './registry.ts';

const PATH = 'mediawiki/wiki';

interface FrontOptions extends FaultyOptions {
  /** Its password file knows `TEST_LOGIN`. */
  readonly login?: Login;
}

/** Waits take no time, and are remembered. */
export function quickContext(signal?: AbortSignal) {
  const waits: number[] = [];
  const context = testContext({ signal });
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { ...context, waits, clock: { now: () => context.clock.now(), sleep } };
}

export async function registryFront(choose?: Choose, options: FrontOptions = {}) {
  const registry = await registryWorld(options.login === undefined ? {} : { auth: 'htpasswd' });
  const front = await faultyRegistry(registry.port, choose, options);
  const here = await blobFolder();
  const open = (host: string, { blobs }: BlobFolder = here, more: Partial<RegistryOptions> = {}) =>
    ociRegistry({
      name: 'main',
      repository: `${host}/${PATH}`,
      isPrivate: false,
      insecure: false,
      verify: 'length',
      limits: { silenceMs: 5000 },
      login: options.login,
      blobs,
      ...more,
    });
  return {
    registry,
    front,
    here,
    open,
    /** What the registry itself gives to a machine that has nothing. */
    isWhole: async (image: PublishRequest['image']): Promise<boolean> => {
      await using there = await blobFolder();
      const registries = [open(registry.host, there)];
      return (await pullImage(image.manifestDigest, { registries, blobs: there.blobs }, quickContext())).ok;
    },
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

export const requestOf = (image: PublishRequest['image']): PublishRequest => ({
  image,
  visibility: 'public',
  tags: ['live'],
  attachments: [],
});

/** Another server, where registries may keep their blobs. */
export async function blobServer() {
  const blobs = new Map<string, Buffer>();
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.end(blobs.get(/sha256:[0-9a-f]{64}/.exec(request.url ?? '')?.[0] ?? ''));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    authorizations,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
