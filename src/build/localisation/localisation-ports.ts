/** What making the localisation cache asks of the outside: an image with the code, somebody who runs it, a store. */
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { Runner } from '../../kernel/runner.ts';

export interface LocalisationPorts {
  readonly blobs: BlobStore;
  readonly runner: Runner;
  /**
   * An image in the engine with all code and no cache: `base` as the lock was committed, `patched` with what is on top.
   * Asked for only where languages are made.
   * @returns its image ID
   */
  readonly code: (which: 'base' | 'patched') => Promise<Outcome<string>>;
  /** Processes of MediaWiki at once: cores of this machine. */
  readonly threads: number;
}
