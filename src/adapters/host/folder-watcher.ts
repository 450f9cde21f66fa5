/** Saved files of this machine, by the system's own notifications: many acts of an editor become one batch. */
import { watch } from 'node:fs';
import { join } from 'node:path';
import type { FolderChanges, FolderWatcher } from '../../config/index.ts';
import type { RunContext } from '../../kernel/run-context.ts';

export const hostFolderWatcher: FolderWatcher = {
  open: (folders, { quietMs }, context) => Promise.resolve(openChanges(folders, { quietMs, context })),
};

function openChanges(
  folders: readonly string[],
  { quietMs, context }: { readonly quietMs: number; readonly context: Pick<RunContext, 'signal' | 'clock'> },
): FolderChanges {
  const changed = new Set<string>();
  const wake = { call: (): void => undefined };
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, (_event, name) => {
      if (name !== null && isNoise(name)) return;
      changed.add(name === null ? folder : join(folder, name));
      wake.call();
    }),
  );
  // A folder that goes away ends its own watching, not mwpipe's.
  for (const watcher of watchers) {
    watcher.on('error', () => {
      watcher.close();
    });
  }
  const close = (): void => {
    for (const watcher of watchers) watcher.close();
  };
  return {
    batches: batchesOf({ changed, wake, quietMs, context }),
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}

/** What editors leave beside the file that is meant. */
function isNoise(path: string): boolean {
  return /(^|\/)(\.[^/]+|[^/]*~|4913|#[^/]*#)$/.test(path);
}

async function* batchesOf(state: {
  readonly changed: Set<string>;
  readonly wake: { call: () => void };
  readonly quietMs: number;
  readonly context: Pick<RunContext, 'signal' | 'clock'>;
}): AsyncGenerator<readonly string[]> {
  const { changed, wake, quietMs, context } = state;
  const { signal } = context;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    if (changed.size === 0) await untilWoken(wake, signal);
    await untilQuiet(changed, quietMs, context);
    const batch = [...changed].sort();
    changed.clear();
    if (batch.length > 0 && !isOver()) yield batch;
  }
}

async function untilQuiet(
  changed: ReadonlySet<string>,
  quietMs: number,
  { signal, clock }: Pick<RunContext, 'signal' | 'clock'>,
): Promise<void> {
  for (let seen = -1; seen !== changed.size;) {
    seen = changed.size;
    await clock.sleep(quietMs, signal).catch(() => undefined);
  }
}

async function untilWoken(wake: { call: () => void }, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      wake.call = () => undefined;
      resolve();
    };
    wake.call = done;
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
