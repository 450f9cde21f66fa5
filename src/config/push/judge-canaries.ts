/** What is seen of canaries and of the others while a bundle soaks, and what follows from it. Pure. */
import { percentText } from './percent.ts';

export interface Counted {
  readonly requests: number;
  /** 5xx. */
  readonly errors: number;
}

/** Since the canaries were activated. */
export interface SoakSample {
  readonly canaries: Counted;
  readonly others: Counted;
  /** Requests of mwpipe's own to MediaWiki on each canary; `row` is how often in a row the worst of them failed. */
  readonly probes: { readonly answered: number; readonly row: number };
}

export interface SoakVerdict {
  readonly verdict: 'pass' | 'fail' | 'unclear';
  readonly because: string;
}

/** Fewer than these may be anybody's. */
const LEAST_ERRORS = 3;
const PROBES_IN_A_ROW = 2;

/** @param worse how much more 5xx the canaries may have than the others, in parts of 1. No data never passes. */
export function judgeCanaries({ canaries, others, probes }: SoakSample, worse: number): SoakVerdict {
  if (probes.row >= PROBES_IN_A_ROW) {
    return { verdict: 'fail', because: `MediaWiki on a canary failed ${probes.row} probes in a row` };
  }
  const [bad, usual] = [shareOf(canaries), shareOf(others)];
  const figures = `errors ${percentText(bad)} of ${canaries.requests} requests (the others ${percentText(usual)})`;
  if (canaries.errors >= LEAST_ERRORS && bad - usual > worse) return { verdict: 'fail', because: figures };
  if (canaries.requests > 0) return { verdict: 'pass', because: figures };
  if (probes.answered > 0) return { verdict: 'pass', because: `no users yet; ${probes.answered} probes answered` };
  return { verdict: 'unclear', because: 'no request and no probe was answered by a canary' };
}

function shareOf({ requests, errors }: Counted): number {
  return requests === 0 ? 0 : errors / requests;
}
