/** What testing asks of the outside: git, one store, a runner, an image with PHPUnit, PHP's grammar. */
import type { BlobStore } from '../kernel/blob-store.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Runner } from '../kernel/runner.ts';
import type { GitObjects, Lockfile, WorkTrees } from '../resolve/index.ts';
import type { ReadSymbols } from './php/symbols.ts';

/** A lock as the text that is kept with a run, and back. */
export interface LockTexts {
  format(lock: Lockfile): string;
  parse(file: string, text: string): Outcome<Lockfile>;
}

interface TestImage {
  readonly imageId: string;
  /** Tells what is below the code (PHP, PHPUnit, our programs) from others. */
  readonly environment: string;
}

export interface TestPorts {
  readonly locks: LockTexts;
  readonly objects: GitObjects;
  readonly workTrees: WorkTrees;
  readonly blobs: BlobStore;
  readonly runner: Runner;
  /** The `test` flavour of the lock's image, by digest; built where the engine lacks it. */
  readonly testImage: (lock: Lockfile) => Promise<Outcome<TestImage>>;
  /** PHP's grammar, loaded when the first file has to be parsed. */
  readonly openPhp: () => Promise<ReadSymbols & Disposable>;
}
