/** The journal's word on a bundle that went live, or went, together with code: a config rollback finds its way by it. */
import type { JournalEntry } from '../../kernel/home.ts';
import type { ConfigSource } from '../git-ports.ts';
import { DEPLOYED, ROLLBACK } from './history.ts';

export interface WithCode {
  readonly act: 'deployed' | 'rollback';
  readonly phase: JournalEntry['phase'];
  readonly bundle: string;
  readonly previous: string | undefined;
  /** That have accepted the bundle. */
  readonly images: readonly string[];
  readonly release: number;
  readonly slot: string;
  readonly who: string;
  readonly source?: ConfigSource | undefined;
}

/** @param now milliseconds since 1970 */
export function withCode({ act, phase, previous, source, ...facts }: WithCode, now: number): JournalEntry {
  return {
    at: new Date(now).toISOString(),
    run: `release-${facts.release}`,
    phase,
    act: act === 'deployed' ? DEPLOYED : ROLLBACK,
    data: {
      ...facts,
      ...(previous === undefined ? {} : { previous }),
      ...(source === undefined ? {} : { source }),
    },
  };
}
