/** Asks each destination what it holds of an image, and its neighbours at the same registry what they could lend. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { Content, ImageRegistry, PublishContext } from '../registry-ports.ts';
import type { ImageContents } from './image-contents.ts';
import type { DestinationFacts, Lender, PushFacts } from './plan-push.ts';

export interface ReadPush {
  readonly facts: PushFacts;
  /** Of those that could not be asked, by the registry's name. */
  readonly faults: ReadonlyMap<string, readonly [Diagnostic, ...Diagnostic[]]>;
}

/** Never fails as a whole: one that is down doesn't stop the others. */
export async function readPushFacts(
  contents: ImageContents,
  destinations: readonly ImageRegistry[],
  context: PublishContext,
): Promise<ReadPush> {
  const faults = new Map<string, readonly [Diagnostic, ...Diagnostic[]]>();
  const read = await Promise.all(
    destinations.map(async (registry): Promise<DestinationFacts> => {
      const { name, host, path } = registry;
      const facts = await factsOf(contents, { registry, destinations }, context);
      if (facts.ok) return { registry: name, host, path, ...facts.value };
      faults.set(name, facts.diagnostics);
      const unreachable = facts.diagnostics[0].message;
      return { registry: name, host, path, unreachable, held: [], hasManifest: false, lenders: [] };
    }),
  );
  const blobs = contents.blobs.map(({ digest, bytes }) => ({ digest, bytes }));
  return { facts: { manifestDigest: contents.manifest.digest, blobs, destinations: read }, faults };
}

async function factsOf(
  { manifest, blobs }: ImageContents,
  { registry, destinations }: { readonly registry: ImageRegistry; readonly destinations: readonly ImageRegistry[] },
  context: PublishContext,
): Promise<Outcome<Pick<DestinationFacts, 'held' | 'hasManifest' | 'lenders'>>> {
  const wanted: Content[] = [
    ...blobs.map(({ digest, bytes }): Content => ({ kind: 'blob', digest, bytes })),
    { kind: 'manifest', digest: manifest.digest, bytes: manifest.data.length },
  ];
  const held = await registry.held(wanted, context);
  if (!held.ok) return held;
  const missing = wanted.filter(({ kind, digest }) => kind === 'blob' && !held.value.has(digest));
  const neighbours = destinations.filter(({ host, path }) => host === registry.host && path !== registry.path);
  const lenders =
    missing.length === 0 ? [] : await Promise.all(neighbours.map((one) => lenderOf(one, missing, context)));
  return ok({ held: digestsOf(held.value), hasManifest: held.value.has(manifest.digest), lenders });
}

/** A neighbour that can't be asked lends nothing. */
async function lenderOf(
  neighbour: ImageRegistry,
  missing: readonly Content[],
  context: PublishContext,
): Promise<Lender> {
  const held = await neighbour.held(missing, context);
  return { path: neighbour.path, held: held.ok ? digestsOf(held.value) : [] };
}

function digestsOf(held: ReadonlySet<Digest>): Digest[] {
  return [...held].sort();
}
