/** PHP's grammar, opened when the first file has to be parsed: a warm run never does. */
import type { ReadSymbols } from './php/symbols.ts';

export interface LazyPhp extends AsyncDisposable {
  readonly read: () => Promise<ReadSymbols>;
}

export function lazyPhp(open: () => Promise<ReadSymbols & Disposable>): LazyPhp {
  let opened: Promise<ReadSymbols & Disposable> | undefined;
  return {
    read: () => (opened ??= open()),
    [Symbol.asyncDispose]: async () => {
      if (opened !== undefined) (await opened)[Symbol.dispose]();
    },
  };
}
