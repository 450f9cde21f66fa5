/** What watching asks of the machine: to be told of saved files. */
import type { RunContext } from '../../kernel/run-context.ts';

export interface FolderChanges extends AsyncDisposable {
  /** Absolute paths, each batch once it is quiet; ends when the signal is aborted. Changes during a batch make the next. */
  readonly batches: AsyncIterable<readonly string[]>;
}

export interface FolderWatcher {
  /** Watches from the moment that this resolves. @param options.quietMs how long nothing must change */
  open(
    folders: readonly string[],
    options: { readonly quietMs: number },
    context: Pick<RunContext, 'signal' | 'clock'>,
  ): Promise<FolderChanges>;
}
