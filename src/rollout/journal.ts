/** A rollout in the journal: its plan, each move before and after it was made, its end; and how to find one that has none. */
import { z } from 'zod';
import type { PastAct } from '../config/index.ts';
import type { Home, JournalEntry } from '../kernel/home.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { RolloutPlan } from './plan-rollout.ts';
import type { Shares } from './ports.ts';

const START = 'rollout/start';
const SHARES = 'rollout/shares';
const END = 'rollout/end';

export interface RolloutJournal {
  begin(): Promise<Outcome<void>>;
  shares(phase: JournalEntry['phase'], shares: Shares, because: string): Promise<Outcome<void>>;
  /** @param config acts on it meanwhile, for who reads the analysis later */
  end(outcome: string, because: string, config?: readonly PastAct[]): Promise<Outcome<void>>;
}

export function rolloutJournal(home: Home, plan: RolloutPlan, context: Pick<RunContext, 'clock'>): RolloutJournal {
  const append = (phase: JournalEntry['phase'], act: string, data: JournalEntry['data']): Promise<Outcome<void>> =>
    home.append({
      at: new Date(context.clock.now()).toISOString(),
      run: runOf(plan.release),
      phase,
      act,
      data: data ?? {},
    });
  return {
    begin: () => append('intent', START, { plan }),
    shares: (phase, shares, because) => append(phase, SHARES, { shares, because }),
    end: (outcome, because, config = []) =>
      append(outcome === 'held' ? 'failed' : 'done', END, { outcome, because, config }),
  };
}

/** Where in the journal a release's rollout began; -1 where it didn't. */
export function rolloutStart(journal: readonly JournalEntry[], release: number): number {
  return journal.findIndex(({ act, run }) => act === START && run === runOf(release));
}

const runOf = (release: number): string => `release-${release}`;

/** The rollout that was begun last and neither arrived nor went back: it was killed, interrupted or held. */
export function unfinishedRollout(journal: readonly JournalEntry[]): RolloutPlan | undefined {
  let open: RolloutPlan | undefined;
  for (const { act, phase, data } of journal) {
    if (act === START) open = planSchema.safeParse(data?.['plan']).data;
    else if (act === END && phase === 'done') open = undefined;
  }
  return open;
}

const slotSchema = z.object({ slot: z.string(), release: z.number() });
const rangeSchema = z.object({ least: z.number(), most: z.number() });
const planSchema: z.ZodType<RolloutPlan> = z.object({
  version: z.literal(1),
  release: z.number(),
  to: z.string(),
  from: slotSchema.exactOptional(),
  steps: z.array(z.object({ share: z.number(), because: z.string() })),
  judge: z.object({ worse: z.number(), requests: z.number(), alpha: z.number(), observe: rangeSchema }),
  seconds: rangeSchema,
});
