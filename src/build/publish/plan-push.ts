/**
 * What a push would do at each destination: which blobs are there, which another repository of the same registry can
 * lend, which have to be sent. Pure: the same facts, the same plan.
 */
import type { Digest } from '../../kernel/digest.ts';

interface SizedBlob {
  readonly digest: Digest;
  readonly bytes: number;
}

/** A repository at the destination's registry, from which blobs can be mounted. */
export interface Lender {
  readonly path: string;
  readonly held: readonly Digest[];
}

export interface DestinationFacts {
  readonly registry: string;
  readonly host: string;
  readonly path: string;
  /** Why nothing could be asked of it. */
  readonly unreachable?: string;
  readonly held: readonly Digest[];
  readonly hasManifest: boolean;
  readonly lenders: readonly Lender[];
}

export interface PushFacts {
  readonly manifestDigest: Digest;
  readonly blobs: readonly SizedBlob[];
  /** In the order in which they are pushed to, where they share a host. */
  readonly destinations: readonly DestinationFacts[];
}

interface PlannedBlob extends SizedBlob {
  readonly how: 'there' | 'mount' | 'send';
  /** The path of the repository that lends it. */
  readonly from?: string;
}

export interface DestinationPlan {
  readonly registry: string;
  readonly host: string;
  readonly path: string;
  readonly state: 'complete' | 'push' | 'unreachable';
  readonly because: string;
  readonly blobs: readonly PlannedBlob[];
  readonly thereBytes: number;
  readonly mountBytes: number;
  readonly sendBytes: number;
}

export interface PushPlan {
  readonly version: 1;
  readonly manifestDigest: Digest;
  readonly destinations: readonly DestinationPlan[];
  /** To all destinations together. */
  readonly sendBytes: number;
}

export function planPush({ manifestDigest, blobs, destinations }: PushFacts): PushPlan {
  const planned: DestinationPlan[] = [];
  for (const facts of destinations) {
    const earlier = planned
      .filter((one) => one.host === facts.host && one.path !== facts.path && one.state !== 'unreachable')
      .map(({ path }): Lender => ({ path, held: blobs.map(({ digest }) => digest) }));
    planned.push(planDestination(facts, { blobs, lenders: [...facts.lenders, ...earlier] }));
  }
  return { version: 1, manifestDigest, destinations: planned, sendBytes: total(planned.map((one) => one.sendBytes)) };
}

function planDestination(
  facts: DestinationFacts,
  { blobs, lenders }: { readonly blobs: readonly SizedBlob[]; readonly lenders: readonly Lender[] },
): DestinationPlan {
  const held = new Set(facts.held);
  const lent = lenders.map(({ path, held: has }) => ({ path, held: new Set(has) }));
  const planned = blobs.map(({ digest, bytes }): PlannedBlob => {
    if (held.has(digest)) return { digest, bytes, how: 'there' };
    const lender = lent.find((one) => one.held.has(digest));
    if (lender === undefined) return { digest, bytes, how: 'send' };
    return { digest, bytes, how: 'mount', from: lender.path };
  });
  const bytesOf = (how: PlannedBlob['how']): number =>
    total(planned.filter((blob) => blob.how === how).map(({ bytes }) => bytes));
  const { registry, host, path } = facts;
  return {
    registry,
    host,
    path,
    ...stateOf(facts, planned),
    blobs: planned,
    thereBytes: bytesOf('there'),
    mountBytes: bytesOf('mount'),
    sendBytes: facts.unreachable === undefined ? bytesOf('send') : 0,
  };
}

function stateOf(
  { unreachable, hasManifest }: DestinationFacts,
  planned: readonly PlannedBlob[],
): Pick<DestinationPlan, 'state' | 'because'> {
  if (unreachable !== undefined) return { state: 'unreachable', because: unreachable };
  const missing = planned.filter(({ how }) => how !== 'there').length;
  if (missing === 0 && hasManifest) return { state: 'complete', because: 'it holds the image' };
  if (missing === 0) return { state: 'push', because: 'it holds every blob, and not the manifest' };
  return { state: 'push', because: `it lacks ${missing} of ${planned.length} blobs` };
}

function total(bytes: readonly number[]): number {
  return bytes.reduce((sum, one) => sum + one, 0);
}
