/** What happened to config while a rollout went on: a bump in its errors may be that. */
import { configActs, type PastAct } from '../config/index.ts';
import type { Home } from '../kernel/home.ts';
import { rolloutStart } from '../rollout/index.ts';

/** @returns none where the journal can't be read: what is told beside an analysis is not in its way */
export async function configDuring(home: Home, release: number): Promise<readonly PastAct[]> {
  const journal = await home.journal();
  if (!journal.ok) return [];
  const start = rolloutStart(journal.value, release);
  return start < 0 ? [] : configActs(journal.value.slice(start));
}
