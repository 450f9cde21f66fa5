/** What config asks of the place where releases live: keep bundles there, and say which one a slot serves. */
import type { Home } from '../kernel/home.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Runner } from '../kernel/runner.ts';

/** Who calls may stop waiting. */
export type Stop = Pick<RunContext, 'signal'>;

export interface LiveSlot {
  readonly slot: string;
  /** Image of its instances: the one that a bundle is checked with. */
  readonly image: string;
  /** What its pointer names; undefined where it has none yet. */
  readonly bundle: string | undefined;
  readonly instances: readonly string[];
  /** What instances with a pointer of their own have instead: canaries. */
  readonly apart: Readonly<Record<string, string>>;
}

/** Some instances of one slot. */
export interface SlotInstances {
  readonly slot: string;
  readonly instances: readonly string[];
}

/** What an instance has answered since it started. */
export interface InstanceTraffic {
  readonly instance: string;
  readonly requests: number;
  /** 5xx. */
  readonly errors: number;
}

export interface InstanceAnswer {
  readonly instance: string;
  /** What the next request there gets; undefined with the reason in `problem`. */
  readonly bundle: string | undefined;
  readonly problem?: string;
  /** Bundles that its opcache holds files of. */
  readonly cached: readonly string[];
  /** Bundles that it has whole. */
  readonly staged: readonly string[];
}

/** A secret by its name: what is in it never leaves the target. */
export interface TargetSecret {
  readonly name: string;
  /** Why instances can't use it, as `may be read by everybody`; null where they can. */
  readonly problem: string | null;
}

/** The form of packBundle. */
export interface PackedBundle {
  readonly hash: string;
  readonly data: Uint8Array;
}

/** What sends one's own requests to a staged bundle. */
export interface BundlePin {
  /** Of the header `X-Mwpipe-Bundle-Pin`. */
  readonly value: string;
  /** Seconds since 1970. */
  readonly expires: number;
  /** How users reach the target, `https://host:port`, where it was told. */
  readonly server: string | undefined;
}

/** A session with the place: close it when the work is done. */
export interface ConfigHost extends AsyncDisposable {
  /** Slots with running instances, by name. @returns fails with `config/no-home`, `docker/*` */
  slots(context: Stop): Promise<Outcome<readonly LiveSlot[]>>;
  /** Keeps the bundle, whole or not at all; which instances have it is what `confirm` says. Idempotent. @returns fails with `config/not-staged` */
  stage(bundle: PackedBundle, context: Stop): Promise<Outcome<{ readonly state: 'staged' | 'present' }>>;
  /** A kept bundle, back: for checks and diffs. @returns fails with `config/not-kept` */
  read(hash: string, context: Stop): Promise<Outcome<PackedBundle>>;
  /**
   * Moves a slot's pointer in one step: each request sees the old bundle or the new one. The bundle must be staged.
   * @param target.instances get a pointer of their own, the others stay; without it the slot's moves, and own ones go
   */
  point(
    target: { readonly slot: string; readonly bundle: string; readonly instances?: readonly string[] },
    context: Stop,
  ): Promise<Outcome<void>>;
  /**
   * Asks the instances of the slot, in order of name; one that doesn't answer is an answer with a problem.
   * @param but those that need not be asked again
   */
  confirm(slot: string, context: Stop, but?: ReadonlySet<string>): Promise<Outcome<readonly InstanceAnswer[]>>;
  /** Drops the bundles' files from the opcache of each instance of the slot. */
  retire(target: { readonly slot: string; readonly bundles: readonly string[] }, context: Stop): Promise<Outcome<void>>;
  /** Removes the bundles that are neither kept nor pointed to, and what killed runs left. */
  prune(keep: readonly string[], context: Stop): Promise<Outcome<{ readonly removed: readonly string[] }>>;
  /** No user's request goes to these any more, whether they answer or not. @returns fails with `config/no-router` */
  setAside(target: SlotInstances, context: Stop): Promise<Outcome<void>>;
  /** Users' requests go to these again. @returns fails as setAside does */
  bringBack(target: SlotInstances, context: Stop): Promise<Outcome<void>>;
  /**
   * One request to MediaWiki itself on each of these, as a user sends it.
   * @param target.host where a wiki answers, for a farm @returns by instance the HTTP status, 0 where nothing answered
   */
  probe(
    target: SlotInstances & { readonly host?: string },
    context: Stop,
  ): Promise<Outcome<Readonly<Record<string, number>>>>;
  /** Those that instances find, by name. Undefined where nothing runs that could say. */
  secrets(context: Stop): Promise<Outcome<readonly TargetSecret[] | undefined>>;
  /** For so many seconds by the target's clock. @returns fails with `config/no-pin` where its key can't be used from here */
  pin(wish: { readonly bundle: string; readonly seconds: number }, context: Stop): Promise<Outcome<BundlePin>>;
  /** Of the instances that answer, in order of name. */
  traffic(slot: string, context: Stop): Promise<Outcome<readonly InstanceTraffic[]>>;
}

/** All that putting a bundle live takes. */
export interface ConfigPorts {
  readonly host: ConfigHost;
  readonly home: Home;
  readonly runner: Runner;
  /** Folder of this machine's cache, where checks keep what an image said. */
  readonly cache: string;
}
