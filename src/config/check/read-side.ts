/** A side of a diff by name: `live`, `work`, the first digits of a bundle that was live, or a git commit. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { quote } from '../../kernel/diagnostic.ts';
import { short } from '../../kernel/digest.ts';
import { all, fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { Stop } from '../ports.ts';
import { composeBundle } from '../bundle/compose-bundle.ts';
import { openBundle } from '../bundle/open-bundle.ts';
import type { OverlaysAt } from '../git-ports.ts';
import { nameCommit } from '../overlay/name-commit.ts';
import type { OverlayName } from '../overlay/overlay.ts';
import type { ConfigPorts, LiveSlot } from '../ports.ts';
import { checkoutBeside, type CheckoutSource } from '../raw/checkout-source.ts';
import { knownBundles } from '../push/history.ts';
import type { DiffSide } from './diff-config.ts';

/** A commit's `config-overlays/`, and how people know it: `3f2c1a9 (main)`. */
interface OverlaysOfCommit extends OverlaysAt {
  readonly label: string;
}

export interface SideSources {
  readonly root: string;
  readonly overlays: readonly OverlayName[];
  /** Undefined where nothing is deployed: then nothing is live. */
  readonly ports: Pick<ConfigPorts, 'host' | 'home'> | undefined;
  /** Reads commits of checkouts that are read as they are. */
  readonly checkouts: CheckoutSource;
  /** @returns undefined where that is no commit */
  readonly overlaysAt: (commit: string) => Promise<Outcome<OverlaysOfCommit | undefined>>;
}

export interface ImageOfSlots {
  readonly image: string;
  readonly slots: readonly string[];
  /** What is live there. */
  readonly live: DiffSide;
}

const WORK = 'work';
const LIVE = 'live';

/** @returns fails with what composeBundle fails with, `config/no-such-side`, `config/not-kept`, `config/nothing-live` */
export async function readSide(name: string, sources: SideSources, context: Stop): Promise<Outcome<DiffSide>> {
  if (name === WORK) return composed('the work tree', sources.root, sources);
  if (name === LIVE) return fail(notOne());
  const kept = await keptBundle(name, sources, context);
  if (kept !== undefined) return kept;
  const beside = await checkoutBeside(sources.root, sources.overlays);
  // Where an overlay names the commit, the workspace's history says which: else the checkout's own is what changes.
  const repos = beside === 'work-tree' ? [ofCheckout, ofWorkspace] : [ofWorkspace, ofCheckout];
  for (const ofRepo of beside === undefined ? [] : repos) {
    const side = await ofRepo(name, sources);
    if (side.ok || !ELSEWHERE.has(side.diagnostics[0].code)) return side;
  }
  return beside === undefined ? ofWorkspace(name, sources) : fail(noSuchSide(name));
}

/** Where two repos are asked: the other one may know it. */
const ELSEWHERE: ReadonlySet<string> = new Set(['git/no-such-commit', 'git/not-a-repo', 'config/no-such-side']);

async function ofWorkspace(name: string, sources: SideSources): Promise<Outcome<DiffSide>> {
  const commit = await sources.overlaysAt(name);
  if (!commit.ok) return commit;
  if (commit.value === undefined) return fail(noSuchSide(name));
  const { label, root } = commit.value;
  const checkouts = { ...sources.checkouts, workspace: sources.root };
  const side = nameCommit(await composed(label, root, { ...sources, checkouts }), commit.value);
  return side.ok ? ok({ ...side.value, commit: commit.value }) : side;
}

/** The overlay's own file and its stub are those of the work tree. */
async function ofCheckout(name: string, sources: SideSources): Promise<Outcome<DiffSide>> {
  const checkouts = { ...sources.checkouts, commit: name };
  const bundle = await composeBundle(sources.root, sources.overlays, { source: checkouts });
  if (!bundle.ok) return bundle;
  return ok({ label: commitLabel(bundle.value.raw?.commit ?? '', name), bundle: bundle.value });
}

/** As people know a commit: `3f2c1a9b0d1e (main)`. */
export function commitLabel(commit: string, name: string): string {
  const id = commit.slice(0, 12);
  return id.startsWith(name) ? id : `${id} (${name})`;
}

async function composed(label: string, root: string, { overlays, checkouts }: SideSources): Promise<Outcome<DiffSide>> {
  const bundle = await composeBundle(root, overlays, { source: checkouts });
  return bundle.ok ? ok({ label, bundle: bundle.value }) : bundle;
}

async function keptBundle(name: string, { ports }: SideSources, context: Stop): Promise<Outcome<DiffSide> | undefined> {
  if (ports === undefined || !/^[0-9a-f]{4,64}$/.test(name)) return undefined;
  const journal = await ports.home.journal();
  if (!journal.ok) return journal;
  const hash = knownBundles(journal.value).findLast((bundle) => bundle.startsWith(name));
  return hash === undefined ? undefined : readKept(hash, `bundle ${short(hash)}`, { ports, context });
}

async function readKept(
  hash: string,
  label: string,
  { ports, context }: { readonly ports: Pick<ConfigPorts, 'host'>; readonly context: Stop },
): Promise<Outcome<DiffSide>> {
  const packed = await ports.host.read(hash, context);
  const bundle = packed.ok ? openBundle(packed.value) : packed;
  return bundle.ok ? ok({ label, bundle: bundle.value }) : bundle;
}

/** The images that run, each with the slots that have it and one and the same bundle. */
export async function readLive(ports: Pick<ConfigPorts, 'host'>, context: Stop): Promise<Outcome<ImageOfSlots[]>> {
  const slots = await ports.host.slots(context);
  if (!slots.ok) return slots;
  const groups = Map.groupBy(slots.value, ({ image, bundle }) => `${image} ${bundle ?? ''}`);
  return all(await Promise.all([...groups.values()].map((group) => liveGroup(group, { ports, context }))));
}

async function liveGroup(
  group: readonly LiveSlot[],
  tools: { readonly ports: Pick<ConfigPorts, 'host'>; readonly context: Stop },
): Promise<Outcome<ImageOfSlots>> {
  const [first] = group;
  const side =
    first?.bundle === undefined ? ok({ label: LIVE, bundle: undefined }) : await readKept(first.bundle, LIVE, tools);
  if (!side.ok) return side;
  return ok({ image: first?.image ?? '', slots: group.map(({ slot }) => slot), live: side.value });
}

function noSuchSide(name: string): Diagnostic {
  return {
    code: 'config/no-such-side',
    message: `${quote(name)} is neither a bundle that was live here nor a commit`,
    hint: 'give live, work, head, a branch, a commit, or the first digits of a bundle that was live',
  };
}

function notOne(): Diagnostic {
  return {
    code: 'config/no-such-side',
    message: 'what is live is what others are compared with: it comes first',
    hint: 'mwpipe config diff live head',
  };
}
