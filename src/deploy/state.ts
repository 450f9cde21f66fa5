/** What is known about a target: its releases, which slot holds which, which one users get. Kept at its home. */
import { z } from 'zod';
import type { Home } from '../kernel/home.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';

export const SLOTS = ['blue', 'green'] as const;

const releaseSchema = z.object({
  number: z.int().min(1),
  /** Image ID. */
  image: z.string(),
  /** The bundle that it was made with; a config push may have given its slot another since. */
  bundle: z.string(),
  instances: z.int().min(1),
  /** MW_VERSION of its core. */
  mediawiki: z.string(),
  set: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  who: z.string(),
  /** `bad`: a check or the judge found it worse; it can't be deployed again by accident. */
  state: z.enum(['made', 'good', 'bad']),
  because: z.string().exactOptional(),
  /** Digest of the files that decide the tables, as its image has them. */
  tables: z.string(),
});

const stateSchema = z.object({
  schema: z.literal('mwpipe.target/1'),
  releases: z.array(releaseSchema),
  /** The release that each slot holds. */
  slots: z.record(z.string(), z.int()),
  /** The slot that users get; in the middle of a rollout the one that they got before. */
  live: z.string().exactOptional(),
  /** What update.php ran with last. */
  wiki: z.object({ tables: z.string(), bundle: z.string() }).exactOptional(),
});

export type Release = z.output<typeof releaseSchema>;
export type TargetState = z.output<typeof stateSchema>;

const NEW_TARGET: TargetState = { schema: 'mwpipe.target/1', releases: [], slots: {} };

/** @returns the state of a new target where there is none; fails with `deploy/newer-state`, `deploy/damaged-state` */
export async function readTargetState(home: Home): Promise<Outcome<TargetState>> {
  const document = await home.readState();
  if (!document.ok) return document;
  if (document.value === undefined) return ok(NEW_TARGET);
  const state = stateSchema.safeParse(document.value);
  if (state.success) return ok(state.data);
  const schema = z.object({ schema: z.string() }).safeParse(document.value).data?.schema;
  const newer = schema !== undefined && schema !== 'mwpipe.target/1';
  return fail({
    code: newer ? 'deploy/newer-state' : 'deploy/damaged-state',
    message: newer
      ? `the target's state is ${schema}, this mwpipe reads mwpipe.target/1`
      : "the target's state is damaged",
    hint: newer ? 'update mwpipe' : 'restore its home volume from a backup, or start anew: mwpipe down',
  });
}

export function releaseIn(state: TargetState, slot: string | undefined): Release | undefined {
  const number = slot === undefined ? undefined : state.slots[slot];
  return state.releases.find((release) => release.number === number);
}

/** The state with one release replaced, or added. */
export function withRelease(state: TargetState, release: Release): TargetState {
  const others = state.releases.filter(({ number }) => number !== release.number);
  return { ...state, releases: [...others, release].sort((a, b) => a.number - b.number) };
}

export function withSlot(state: TargetState, slot: string, release: number | undefined): TargetState {
  const others = Object.fromEntries(Object.entries(state.slots).filter(([name]) => name !== slot));
  return { ...state, slots: release === undefined ? others : { ...others, [slot]: release } };
}
