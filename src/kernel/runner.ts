/** The runner port: one-off work by image digest. Docker implements it here, Kubernetes Jobs later. */
import type { Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';

export type Mount =
  | { readonly kind: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | { readonly kind: 'volume'; readonly source: string; readonly target: string; readonly readOnly: boolean };

export interface RunRequest {
  /** Image ID or a reference by digest, never a moving tag. */
  readonly image: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
  readonly workdir?: string;
  /** `name` or `uid:gid` inside the image. */
  readonly user?: string;
  /** A network of the engine; `none` cuts it off. @default 'none' */
  readonly network?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The work is killed after this; `timedOut` then says so. */
  readonly deadlineMs: number;
  /** Unpacked into the container before it starts, in order: each a tar at a folder that is there. */
  readonly inputs?: readonly { readonly at: string; readonly tar: AsyncIterable<Uint8Array> }[];
  /** Taken out where the work ended with 0: each path as a tar, whose names begin with the path's last part. */
  readonly collect?: {
    readonly paths: readonly string[];
    readonly take: (path: string, tar: AsyncIterable<Uint8Array>) => Promise<void>;
  };
  /**
   * `true` tells which paths of the container's own file system the work added, changed or removed, where the
   * engine can say so. @default false
   */
  readonly tellChanged?: boolean;
  /** @default none */
  readonly limits?: { readonly memoryBytes?: number; readonly cpus?: number; readonly processes?: number };
  /** `true` leaves the container behind when the work failed, for `mwpipe shell`. @default false */
  readonly keepFailed?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  readonly timedOut: boolean;
  /** Absolute paths, folders before what is in them; set where they were asked for and can be told. */
  readonly changed?: readonly string[];
  /** Those of `collect` that the work didn't make. */
  readonly missing?: readonly string[];
  /** Set where the container was kept. */
  readonly keptAs?: string;
}

export interface OutputSink {
  stdout(chunk: string): void;
  stderr(chunk: string): void;
}

export interface Runner {
  /**
   * Runs to the end. A non-zero exit is a result, not a failure; an aborted signal kills the work and removes it.
   * @returns fails with `runner/no-image`, `runner/engine-gone`, `runner/disk-full`; with `runner/path-too-long` where
   * nothing can be taken out or told of what the work left
   */
  run(request: RunRequest, output: OutputSink, context: RunContext): Promise<Outcome<RunResult>>;
}
