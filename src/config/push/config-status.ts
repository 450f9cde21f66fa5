/** `config status`: what every instance serves, who made it live and from which commit, what waits, what was undone. */
import { z } from 'zod';
import type { JournalEntry, LeaseHolder } from '../../kernel/home.ts';
import { ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { CANARY, DEBUG, DEPLOYED, PUSH, ROLLBACK, rolledBackAt, setAsideNow, WIKI_ADD } from './history.ts';
import type { ConfigPorts, SlotInstances } from '../ports.ts';

/** One act on a target's bundles, as its journal has it. */
export interface PastAct {
  readonly act: string;
  readonly phase: 'intent' | 'done' | 'failed';
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly bundle: string;
  readonly previous?: string;
  /** That was added. */
  readonly wiki?: string;
  readonly who?: string;
  readonly commit?: string;
  readonly override?: string;
}

export interface ConfigStatus {
  readonly slots: readonly {
    readonly slot: string;
    readonly image: string;
    readonly bundle: string | undefined;
    readonly instances: readonly {
      readonly instance: string;
      readonly bundle: string | undefined;
      readonly problem?: string;
    }[];
  }[];
  /** The act that made live what is live. */
  readonly live?: PastAct;
  /** Staged for the debug pin alone. */
  readonly waiting?: PastAct;
  /** An act that was begun and not ended: it goes on, or was killed. */
  readonly unfinished?: PastAct;
  /** Bundles that were undone and not pushed again, the newest first. */
  readonly rolledBack: readonly PastAct[];
  readonly aside: readonly SlotInstances[];
  readonly holder?: LeaseHolder;
}

/** @returns fails as the host and the home do */
export async function configStatus(ports: ConfigPorts, context: RunContext<never>): Promise<Outcome<ConfigStatus>> {
  const slots = await ports.host.slots(context);
  if (!slots.ok) return slots;
  const journal = await ports.home.journal();
  if (!journal.ok) return journal;
  const holder = await ports.home.holder();
  if (!holder.ok) return holder;
  const shown: ConfigStatus['slots'][number][] = [];
  for (const { slot, image, bundle } of slots.value) {
    const answers = await ports.host.confirm(slot, context);
    if (!answers.ok) return answers;
    const instances = answers.value.map(({ instance, bundle: served, problem }) => {
      return { instance, bundle: served, ...(problem === undefined ? {} : { problem }) };
    });
    shown.push({ slot, image, bundle, instances });
  }
  const bundles = new Set(shown.map(({ bundle }) => bundle));
  return ok({
    slots: shown,
    ...actsOf(journal.value, bundles),
    ...(holder.value === undefined ? {} : { holder: holder.value }),
  });
}

/** Every act on bundles, the newest first. */
export async function configHistory({ home }: Pick<ConfigPorts, 'home'>): Promise<Outcome<readonly PastAct[]>> {
  const journal = await home.journal();
  return journal.ok
    ? ok(
        pastActs(journal.value)
          .filter(({ phase }) => phase !== 'intent')
          .reverse(),
      )
    : journal;
}

/** Those that changed what instances serve, the oldest first. */
export function configActs(journal: readonly JournalEntry[]): readonly PastAct[] {
  return pastActs(journal).filter(({ act, phase }) => phase === 'done' && CHANGES.includes(act));
}

function actsOf(
  journal: readonly JournalEntry[],
  bundles: ReadonlySet<string | undefined>,
): Pick<ConfigStatus, 'live' | 'waiting' | 'unfinished' | 'rolledBack' | 'aside'> {
  const acts = pastActs(journal);
  const done = acts.filter(({ phase }) => phase === 'done');
  const live = done.findLast(({ act, bundle }) => MADE_LIVE.includes(act) && bundles.has(bundle));
  const last = done.findLast(({ act }) => act !== WIKI_ADD);
  const waiting = last?.act === DEBUG ? last : undefined;
  const open = acts.at(-1)?.phase === 'intent' ? acts.at(-1) : openWiki(acts);
  const undone = [...new Set(done.filter(({ act }) => act === ROLLBACK).map(({ previous }) => previous))];
  const rolledBack = undone.flatMap((bundle) => {
    if (bundle === undefined || rolledBackAt(journal, bundle) === undefined) return [];
    return done.findLast((one) => one.act === ROLLBACK && one.previous === bundle) ?? [];
  });
  return {
    ...(live === undefined ? {} : { live }),
    ...(waiting === undefined ? {} : { waiting }),
    ...(open === undefined ? {} : { unfinished: open }),
    rolledBack: rolledBack.toSorted((a, b) => (a.at < b.at ? 1 : -1)),
    aside: [...setAsideNow(journal)].flatMap(([slot, instances]) =>
      instances.length === 0 ? [] : [{ slot, instances }],
    ),
  };
}

/** A killed one is still to be gone on with, whatever was pushed since. */
function openWiki(acts: readonly PastAct[]): PastAct | undefined {
  const added = acts.filter(({ act }) => act === WIKI_ADD);
  return added.findLast((one) => one.phase === 'intent' && added.findLast(({ wiki }) => wiki === one.wiki) === one);
}

const MADE_LIVE: readonly string[] = [PUSH, ROLLBACK, DEPLOYED];
const CHANGES: readonly string[] = [PUSH, ROLLBACK, CANARY];
const ACTS: readonly string[] = [...MADE_LIVE, CANARY, DEBUG, WIKI_ADD];
const dataSchema = z.object({
  bundle: z.string(),
  previous: z.string().exactOptional(),
  wiki: z.string().exactOptional(),
  who: z.string().exactOptional(),
  source: z.object({ commit: z.string() }).exactOptional(),
  override: z.string().exactOptional(),
});

function pastActs(journal: readonly JournalEntry[]): PastAct[] {
  return journal.flatMap(({ act, phase, at, data }) => {
    const known = dataSchema.safeParse(data).data;
    if (!ACTS.includes(act) || known === undefined) return [];
    const { source, ...others } = known;
    return [{ act, phase, at, ...others, ...(source === undefined ? {} : { commit: source.commit }) }];
  });
}
