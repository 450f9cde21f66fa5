/** Brings an assembled image where it should be: the layout of the cache, the engine, files, registries. */
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Lockfile } from '../resolve/index.ts';
import { placeOf } from './apart.ts';
import type { BuildPorts } from './build-ports.ts';
import type { BuildEvent } from './events.ts';
import type { Attachment } from './image/attachment.ts';
import type { AssembledImage } from './image/image-config.ts';
import { layOut } from './image/oci-layout.ts';
import { writeOutput, type ImageOutput } from './image/outputs.ts';
import type { StoredRuntime } from './ports.ts';
import { mayHold, publishImage, type Published } from './publish/publish-image.ts';
import type { ImageRegistry } from './registry-ports.ts';
import { attachmentsOf } from './supply/attachments.ts';
import type { SigningKey } from './supply/signing-key.ts';

export interface DeliveryRequest {
  readonly lock: Lockfile;
  /** `php82` */
  readonly runtime: string;
  readonly flavour: string;
  /** Sends it to the engine. @default true */
  readonly load?: boolean;
  /** Where else it is written. */
  readonly outputs?: readonly ImageOutput[];
  readonly publish?: {
    readonly registries: readonly ImageRegistry[];
    /** For people; machines take the digest. */
    readonly tags: readonly string[];
    readonly requireAll?: boolean;
  };
  /** Signs the provenance. */
  readonly key?: SigningKey;
  /** mwpipe's own, for the provenance. @default 'unknown' */
  readonly version?: string;
}

export interface Delivered {
  /** To the engine. */
  readonly sentBytes: number;
  readonly published?: Published;
}

interface Delivery {
  readonly image: AssembledImage;
  /** How many of the lowest layers the engine has. */
  readonly held: number;
  readonly request: DeliveryRequest;
  readonly runtime: StoredRuntime;
}

type Context = RunContext<BuildEvent>;

/** Asked before anything is made. @returns fails with `registry/not-private` */
export function mayDeliver({ lock, publish: to }: DeliveryRequest): Outcome<void> {
  return mayHold(lock.visibility ?? 'public', to?.registries ?? []);
}

/** @returns fails as the places do */
export async function deliverImage(
  delivery: Delivery,
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<Delivered>> {
  const { image, held, request } = delivery;
  const { layout, blobs } = placeOf(request.lock, ports);
  const attachments = await attachmentsFor(delivery, ports, context);
  if (!attachments.ok) return attachments;
  const tools = { blobs, context, attachments: attachments.value };
  const kept = await layOut(layout, { image, name: image.tag, attachments: attachments.value }, tools);
  if (!kept.ok) return kept;
  for (const output of request.outputs ?? []) {
    const written = await writeOutput(output, image, tools);
    if (!written.ok) return written;
    context.emit({ code: 'build/output-written', kind: output.kind, path: output.path });
  }
  const published = await publish(delivery, attachments.value, context);
  if (!published.ok) return published;
  const loaded = request.load === false ? ok({ sentBytes: 0 }) : await ports.images.load({ ...image, held }, context);
  if (!loaded.ok) return loaded;
  const { sentBytes } = loaded.value;
  return ok({ sentBytes, ...(published.value === undefined ? {} : { published: published.value }) });
}

/** Made where the image leaves this machine: reading all that is in it takes seconds. */
async function attachmentsFor(
  { image, request, runtime }: Delivery,
  ports: BuildPorts,
  context: Context,
): Promise<Outcome<readonly Attachment[]>> {
  const leaves = (request.outputs ?? []).some(({ kind }) => kind === 'oci') || request.publish !== undefined;
  if (!leaves) return ok([]);
  const { lock, key, version = 'unknown' } = request;
  const { blobs } = placeOf(lock, ports);
  const described = {
    image,
    lock,
    runtime: { name: `${request.runtime}/${request.flavour}`, image: runtime },
    version,
  };
  const wanted = { ...described, ...(key === undefined ? {} : { key }) };
  return attachmentsOf(wanted, { objects: ports.objects, blobs }, context);
}

async function publish(
  { image, request }: Delivery,
  attachments: readonly Attachment[],
  context: Context,
): Promise<Outcome<Published | undefined>> {
  if (request.publish === undefined) return ok(undefined);
  const { registries, tags, requireAll = false } = request.publish;
  const visibility = request.lock.visibility ?? 'public';
  return publishImage({ image, visibility, tags, attachments, requireAll }, registries, context);
}
