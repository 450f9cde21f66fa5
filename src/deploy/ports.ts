/** What deploying asks of the outside: a target that runs releases in slots, and its wiki as users reach it. */
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';

/** One release in one slot: everything that decides what its instances are. */
export interface SlotRelease {
  readonly slot: string;
  readonly release: number;
  /** Image ID. */
  readonly image: string;
  /** How many containers answer. */
  readonly instances: number;
}

export interface Instance {
  readonly name: string;
  readonly slot: string;
  readonly release: number;
  readonly image: string;
  readonly state: 'running' | 'stopped';
}

interface Work {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** Work that a killed run may have left behind. */
export interface NamedWork extends Work {
  /** What it is and for which wiki, as `install.php dewiki`: no two of one name run at once. */
  readonly name: string;
}

export interface WorkResult {
  readonly exitCode: number;
  /** stdout and stderr as they came. */
  readonly output: string;
}

export interface Foundation {
  /**
   * Makes what every release stands on (network, volumes, secrets, home, router, database), leaves what is as it
   * should be. Idempotent.
   * @returns what it made or changed, by name; fails with `deploy/port-in-use`, `deploy/database-not-ready`, `docker/*`
   */
  prepare(context: RunContext): Promise<Outcome<readonly string[]>>;
}

export interface Target {
  instances(): Promise<Outcome<readonly Instance[]>>;
  /** Makes the slot's instances exactly these, running. The slot's bundle is staged and pointed to before. */
  startSlot(wanted: SlotRelease, context: RunContext): Promise<Outcome<readonly Instance[]>>;
  /** A database of this name that releases may use. Idempotent. */
  ensureDatabase(name: string, context: RunContext): Promise<Outcome<void>>;
  /** Ends what runs there, after its last request. */
  stopSlot(slot: string, context: RunContext): Promise<Outcome<void>>;
  /**
   * Runs once, in a container of its own, with the release's image and the target's data, secrets and bundles. The caller
   * holds the lease: what runs under the same name was left by a killed run, and is waited for and removed first.
   */
  runOnce(wanted: SlotRelease, work: NamedWork, context: RunContext): Promise<Outcome<WorkResult>>;
  /** Runs in an instance. */
  runIn(instance: string, work: Work, context: RunContext): Promise<Outcome<WorkResult>>;
}

export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ms: number;
}

/** The wiki, through the router. */
export interface Wiki {
  readonly url: string;
  /** @param slot pins the request there, whatever the shares. Fails with `deploy/no-answer` */
  get(path: string, slot: string, context: RunContext): Promise<Outcome<Page>>;
  /** The same router, asked for the wiki at that host name. */
  at(host: string): Wiki;
  /** As a user of the wiki at that host name, on whichever slot. Fails with `deploy/no-answer` */
  ask(wish: { readonly path: string; readonly host: string }, context: RunContext): Promise<Outcome<Page>>;
}

export interface TargetContents {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
}

export interface TargetRemoval {
  contents(): Promise<Outcome<TargetContents>>;
  /** All of the target by its label, and nothing else. Idempotent. */
  remove(context: RunContext): Promise<Outcome<TargetContents>>;
}
