/**
 * `config watch`: each save of a file becomes a push, one at a time, the newest state each time. What doesn't compose,
 * parse or evaluate is told and never becomes live; the next save may mend it.
 */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { WatchEvent } from './events.ts';
import type { FolderWatcher } from './ports.ts';

export interface Watched {
  /** Absolute; what is below them counts too. */
  readonly folders: readonly string[];
  readonly compose: () => Promise<Outcome<Bundle>>;
  /** Checks the bundle and makes it live; says whether anything moved. */
  readonly push: (bundle: Bundle) => Promise<Outcome<{ readonly state: string }>>;
}

export interface WatchSummary {
  readonly pushes: number;
  readonly refusals: number;
}

/** An editor writes a file in several acts, a `git checkout` many files: wait until it is quiet this long. */
const QUIET_MS = 60;

/** Pushes what is there now, then after each change, until the signal is aborted. Never fails: that is what it is for. */
export async function watchConfig(
  { folders, compose, push }: Watched,
  watcher: FolderWatcher,
  context: RunContext<WatchEvent>,
): Promise<WatchSummary> {
  const summary = { pushes: 0, refusals: 0 };
  const seen = { hash: '' };
  const turn = async (because: readonly string[]): Promise<void> => {
    const started = context.clock.now();
    const bundle = await compose();
    if (bundle.ok && bundle.value.hash === seen.hash) return;
    const pushed = bundle.ok ? await push(bundle.value) : bundle;
    const ms = context.clock.now() - started;
    if (!bundle.ok || !pushed.ok) {
      summary.refusals += 1;
      context.emit({ code: 'config/save-refused', diagnostics: diagnosticsOf(pushed), ms });
      return;
    }
    seen.hash = bundle.value.hash;
    summary.pushes += 1;
    context.emit({ code: 'config/save-live', bundle: seen.hash, because, ms });
  };
  await using changes = await watcher.open(folders, { quietMs: QUIET_MS }, context);
  await turn([]);
  context.emit({ code: 'config/watching', folders });
  for await (const paths of changes.batches) await turn(paths);
  return summary;
}

function diagnosticsOf(outcome: Outcome<unknown>): readonly Diagnostic[] {
  return outcome.ok ? [] : outcome.diagnostics;
}
