/** A registry in memory, with the rules that pushes and pulls hang on; and the ways in which one can fail them. */
import type {
  Content,
  Descriptor,
  ImageRegistry,
  ManifestDocument,
  OutgoingAttachment,
  OutgoingBlob,
} from '../../../src/build/registry-ports.ts';
import type { BlobStore } from '../../../src/kernel/blob-store.ts';
import type { Diagnostic } from '../../../src/kernel/diagnostic.ts';
import { sha256, type Digest } from '../../../src/kernel/digest.ts';
import { fail, ok, type Outcome } from '../../../src/kernel/outcome.ts';

export interface FakeRegistryHost {
  readonly repositories: Map<string, FakeRepository>;
  readonly damaged: Set<Digest>;
  /** All that it is asked is answered with this. */
  fault: Diagnostic | undefined;
}

interface FakeRepository {
  readonly blobs: Map<Digest, Buffer>;
  readonly manifests: Map<string, ManifestDocument>;
  readonly attached: Map<Digest, Map<Digest, Descriptor>>;
}

export interface FakeRegistryOptions {
  readonly name?: string;
  readonly host?: string;
  readonly path: string;
  readonly blobs: BlobStore;
  readonly isPrivate?: boolean;
  readonly verify?: 'length' | 'read';
}

export function fakeRegistryHost(): FakeRegistryHost {
  return { repositories: new Map(), damaged: new Set(), fault: undefined };
}

export function fakeImageRegistry(host: FakeRegistryHost, options: FakeRegistryOptions): ImageRegistry {
  const { name = 'fake', path, blobs, isPrivate = false, verify = 'length' } = options;
  const own = repositoryOf(host, path);
  const bytesOf = (digest: Digest): Buffer | undefined => {
    const data = own.blobs.get(digest);
    return data !== undefined && host.damaged.has(digest) ? Buffer.alloc(data.length, 'x') : data;
  };
  const guarded = <T>(act: () => Promise<Outcome<T>>): Promise<Outcome<T>> =>
    host.fault === undefined ? act() : Promise.resolve(fail(host.fault));
  const take = async ({ digest, data, mountFrom }: OutgoingBlob): Promise<Outcome<'mounted' | 'sent'>> => {
    const lent = mountFrom === undefined ? undefined : repositoryOf(host, mountFrom).blobs.get(digest);
    const sent = lent ?? data ?? (await blobs.read(digest));
    if (sent === undefined) return fail({ code: 'build/damaged-layer', message: digest, exit: 'outside' });
    own.blobs.set(digest, sent);
    return ok(lent === undefined ? 'sent' : 'mounted');
  };
  const attach = (subject: Descriptor, attachments: readonly OutgoingAttachment[]): void => {
    for (const { manifest, descriptor, blobs: parts } of attachments) {
      for (const { digest, data } of parts) own.blobs.set(digest, data);
      own.manifests.set(manifest.digest, manifest);
      const listed = own.attached.get(subject.digest) ?? new Map<Digest, Descriptor>();
      own.attached.set(subject.digest, listed.set(descriptor.digest, descriptor));
    }
  };
  return {
    name,
    host: options.host ?? 'fake.example',
    path,
    isPrivate,
    held: (contents) =>
      guarded(() => Promise.resolve(ok(new Set(contents.filter((one) => has(own, one)).map(({ digest }) => digest))))),
    push: ({ manifest, missing, held, attachments, tags }) =>
      guarded(async () => {
        const bytes = { sent: 0, mounted: 0 };
        for (const blob of missing) {
          const taken = await take(blob);
          if (!taken.ok) return taken;
          bytes[taken.value] += blob.bytes;
        }
        const read = verify === 'read' ? [...held, ...missing] : [];
        const wrong = read.find(({ digest }) => sha256(bytesOf(digest) ?? '') !== digest);
        if (wrong !== undefined) return fail(wrongBytes(wrong.digest));
        own.manifests.set(manifest.digest, manifest);
        attach({ mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.data.length }, attachments);
        for (const tag of tags) own.manifests.set(tag, manifest);
        return ok({ sentBytes: bytes.sent, mountedBytes: bytes.mounted });
      }),
    attach: (subject, attachments) =>
      guarded(() => {
        attach(subject, attachments);
        return Promise.resolve(ok({ sentBytes: 0, listedBy: 'registry' }));
      }),
    attachments: (subject) => guarded(() => Promise.resolve(ok([...(own.attached.get(subject)?.values() ?? [])]))),
    read: (reference) => guarded(() => Promise.resolve(ok(own.manifests.get(reference)))),
    fetch: (wanted) =>
      guarded(async () => {
        let receivedBytes = 0;
        for (const { digest } of wanted) {
          const data = bytesOf(digest) ?? Buffer.alloc(0);
          if (sha256(data) !== digest) return fail(wrongBytes(digest));
          receivedBytes += (await blobs.put(oneChunk(data))).bytes;
        }
        return ok({ receivedBytes });
      }),
  };
}

function repositoryOf({ repositories }: FakeRegistryHost, path: string): FakeRepository {
  const found = repositories.get(path);
  if (found !== undefined) return found;
  const made: FakeRepository = { blobs: new Map(), manifests: new Map(), attached: new Map() };
  repositories.set(path, made);
  return made;
}

function has(own: FakeRepository, { kind, digest, bytes }: Content): boolean {
  if (kind === 'blob') return own.blobs.get(digest)?.length === bytes;
  return own.manifests.get(digest)?.data.length === bytes;
}

async function* oneChunk(data: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(data);
}

function wrongBytes(digest: Digest): Diagnostic {
  return { code: 'registry/wrong-bytes', message: `other bytes than ${digest} says`, exit: 'outside' };
}
