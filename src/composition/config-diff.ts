/** What a diff compares, by name, on one target of a workspace or in one image. */
import type { ConfigPorts, DiffSide, ImageOfSlots, OverlayName, SideSources } from '../config/index.ts';
import { commitLabel, readLive, readSide } from '../config/index.ts';
import { all, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import { checkoutSourceOf, configGitOf, revisionOf } from './config-git.ts';

export interface DiffNames {
  readonly before: string;
  readonly after: string;
  /** Where nothing is deployed: both are evaluated in this one. */
  readonly image: string | undefined;
}

export interface DiffParts {
  readonly root: string;
  readonly cache: string;
  readonly overlays: readonly OverlayName[];
  readonly ports: ConfigPorts | undefined;
}

export interface NamedSides {
  readonly after: DiffSide;
  readonly images: readonly { readonly image: string; readonly slots: readonly string[]; readonly before: DiffSide }[];
}

/** @returns fails with what readSide fails with */
export async function namedSides(
  { before, after, image }: DiffNames,
  parts: DiffParts,
  context: RunContext<never>,
): Promise<Outcome<NamedSides>> {
  const checkouts = checkoutSourceOf(parts, context);
  const sources: SideSources = { ...parts, checkouts, overlaysAt: (name) => overlaysAt(name, parts, context) };
  const live = await imagesOf(image, parts, context);
  if (!live.ok) return live;
  const now = await readSide(after, sources, context);
  const old = before === 'live' ? undefined : await readSide(before, sources, context);
  if (!now.ok || old?.ok === false) return all([now, ...(old === undefined ? [] : [old])]) as Outcome<never>;
  const images = live.value.map(({ image: one, slots, live: side }) => ({
    image: one,
    slots,
    before: old === undefined ? side : old.value,
  }));
  return ok({ after: now.value, images });
}

/** @returns undefined where git knows no such commit: then the name may be a bundle's, mistyped */
async function overlaysAt(name: string, place: DiffParts, context: RunContext<never>) {
  const git = await configGitOf(place);
  const found = await git.overlaysAt({ root: place.root, commit: revisionOf(name) }, context);
  if (!found.ok) return found.diagnostics[0].code === 'git/no-such-commit' ? ok(undefined) : found;
  return ok({ ...found.value, label: commitLabel(found.value.commit, name) });
}

async function imagesOf(
  image: string | undefined,
  { ports }: DiffParts,
  context: RunContext<never>,
): Promise<Outcome<readonly ImageOfSlots[]>> {
  if (image !== undefined) return ok([{ image, slots: [], live: { label: 'live', bundle: undefined } }]);
  return ports === undefined ? ok([]) : readLive(ports, context);
}
