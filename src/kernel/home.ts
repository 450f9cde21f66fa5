/**
 * The home of a target: its lease (one writer at a time, wherever they sit), its journal (what was done, in order)
 * and its state document. It lives on the router's side, never in a slot that a run may lose.
 */
import type { Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';

export interface LeaseHolder {
  readonly who: string;
  readonly host: string;
  readonly pid: number;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface Lease extends AsyncDisposable {
  readonly holder: LeaseHolder;
}

/** One line of the journal; `intent` is written before the act, `done` or `failed` after it. */
export interface JournalEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly run: string;
  readonly phase: 'intent' | 'done' | 'failed';
  readonly act: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Home {
  /** Fails with `lock/held` (refused) naming the holder; takes over from a holder whose process has ended. */
  acquire(reason: string, context: RunContext): Promise<Outcome<Lease>>;
  holder(): Promise<Outcome<LeaseHolder | undefined>>;
  append(entry: JournalEntry): Promise<Outcome<void>>;
  /** All entries, oldest first; a half-written last line (a kill, a full disk) is left out. */
  journal(): Promise<Outcome<readonly JournalEntry[]>>;
  /** The state document, or undefined on a new target. Replaced as a whole, atomically. */
  readState(): Promise<Outcome<unknown>>;
  writeState(state: unknown): Promise<Outcome<void>>;
}
