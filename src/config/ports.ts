/** What config asks of the place where releases live: keep bundles there, and say which one a slot serves. */
import type { Home } from '../kernel/home.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Mount, Runner } from '../kernel/runner.ts';

/** Who calls may stop waiting. */
export type Stop = Pick<RunContext, 'signal'>;

export interface LiveSlot {
  readonly slot: string;
  /** Image of its instances: the one that a bundle is checked with. */
  readonly image: string;
  /** What its pointer names; undefined where it has none yet. */
  readonly bundle: string | undefined;
  readonly instances: readonly string[];
}

export interface InstanceAnswer {
  readonly instance: string;
  /** What the next request there gets; undefined with the reason in `problem`. */
  readonly bundle: string | undefined;
  readonly problem?: string;
  /** Bundles that its opcache holds files of. */
  readonly cached: readonly string[];
}

/** The form of packBundle. */
export interface PackedBundle {
  readonly hash: string;
  readonly data: Uint8Array;
}

export interface ConfigHost {
  /** Slots with running instances, by name. @returns fails with `config/no-home`, `docker/*` */
  slots(context: Stop): Promise<Outcome<readonly LiveSlot[]>>;
  /** Keeps the bundle, whole or not at all. Idempotent. @returns fails with `config/not-staged` */
  stage(bundle: PackedBundle, context: Stop): Promise<Outcome<{ readonly state: 'staged' | 'present' }>>;
  /** Moves a slot's pointer in one step: each request sees the old bundle or the new one. The bundle must be staged. */
  point(target: { readonly slot: string; readonly bundle: string }, context: Stop): Promise<Outcome<void>>;
  /** Asks every instance of the slot, in order of name; one that doesn't answer is an answer with a problem. */
  confirm(slot: string, context: Stop): Promise<Outcome<readonly InstanceAnswer[]>>;
  /** Drops the bundles' files from the opcache of each instance of the slot. */
  retire(target: { readonly slot: string; readonly bundles: readonly string[] }, context: Stop): Promise<Outcome<void>>;
  /** Removes the bundles that are neither kept nor pointed to, and what killed runs left. */
  prune(keep: readonly string[], context: Stop): Promise<Outcome<{ readonly removed: readonly string[] }>>;
  /** The staged bundles, as a check by image sees them (at /srv/overlay, read-only). */
  mount(): Mount;
}

/** All that putting a bundle live takes. */
export interface ConfigPorts {
  readonly host: ConfigHost;
  readonly home: Home;
  readonly runner: Runner;
}
