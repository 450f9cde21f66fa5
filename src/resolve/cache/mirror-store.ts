/** What tending the cache asks of git's mirrors; they are looked at as a whole here, not as the remotes of components. */
import type { RunContext } from '../../kernel/run-context.ts';

interface KeptFacts {
  readonly commit: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

export interface MirrorFacts {
  /** Of its folder. */
  readonly name: string;
  /** Canonical, as far as the folder's name has it; the same for what is kept without its files. */
  readonly url: string;
  readonly bytes: number;
  readonly packs: number;
  /** Of the mirror, commits or not. */
  readonly usedAt: number;
  readonly commits: readonly KeptFacts[];
}

/** What a killed run didn't get to remove. */
export interface Leftover {
  readonly path: string;
  readonly bytes: number;
  /** Last written to, or made. */
  readonly writtenAt: number;
}

export interface MirrorStore {
  list(): Promise<readonly MirrorFacts[]>;
  leftovers(): Promise<readonly Leftover[]>;
  /** What is wrong with it, in git's words: objects that are damaged or missing. Empty where it is whole. */
  check(name: string, context: RunContext<never>): Promise<readonly string[]>;
  /** @returns false where somebody used it since `unusedSince`: then it stays */
  remove(name: string, unusedSince: number, context: RunContext<never>): Promise<boolean>;
  /** Lets commits go, with what only they need; then one pack. @returns bytes that it has afterwards */
  tidy(tidying: Tidying, context: RunContext<never>): Promise<number>;
}

interface Tidying {
  readonly name: string;
  /** Those that were used since `unusedSince` stay. */
  readonly drop: readonly string[];
  readonly unusedSince: number;
}
