/** What a target asks of a push before anything is done: where it comes from, and that nobody has just undone it. Pure. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { short } from '../../kernel/digest.ts';
import type { JournalEntry } from '../../kernel/home.ts';
import type { PushPolicy } from '../../kernel/target-config.ts';
import type { ConfigSource } from '../git-ports.ts';
import { rolledBackAt } from './history.ts';

export interface PushWish {
  readonly bundle: string;
  readonly policy: Pick<PushPolicy, 'demand' | 'branch'>;
  /** Undefined where the overlays are in no git repo. */
  readonly source: ConfigSource | undefined;
  /** Why it is pushed although it was rolled back. */
  readonly override: string | undefined;
  readonly journal: readonly JournalEntry[];
}

/** @returns `config/not-committed`, `config/not-merged`, `config/rolled-back` (refused), all at once */
export function refusePush({ bundle, policy, source, override, journal }: PushWish): Diagnostic[] {
  const wrong = refuseSource(policy, source);
  const undone = rolledBackAt(journal, bundle);
  if (undone !== undefined && override === undefined) {
    wrong.push({
      code: 'config/rolled-back',
      message: `bundle ${short(bundle)} was rolled back at ${undone}`,
      hint: 'change or revert what was wrong, or say why it is right now: --override REASON',
      exit: 'refused',
    });
  }
  return wrong;
}

function refuseSource({ demand, branch }: PushWish['policy'], source: ConfigSource | undefined): Diagnostic[] {
  if (demand === 'anything') return [];
  if (source?.clean !== true) {
    const changed = source === undefined ? 'the overlays are in no git repo' : `${source.changed.join(', ')} changed`;
    return [
      {
        code: 'config/not-committed',
        message: `this target takes only what is committed, and ${changed}`,
        hint: 'commit it first',
        exit: 'refused',
      },
    ];
  }
  if (demand === 'committed' || source.merged === true) return [];
  return [
    {
      code: 'config/not-merged',
      message: `this target takes only what is merged, and ${branch} doesn't have ${source.commit.slice(0, 12)}`,
      hint: `merge it, then git fetch and git checkout ${branch}`,
      exit: 'refused',
    },
  ];
}
