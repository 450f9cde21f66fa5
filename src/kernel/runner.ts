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
  /** `true` leaves the container behind when the work failed, for `mwpipe shell`. @default false */
  readonly keepFailed?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  readonly timedOut: boolean;
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
   * @returns fails with `runner/no-image`, `runner/engine-gone`, `runner/disk-full`
   */
  run(request: RunRequest, output: OutputSink, context: RunContext): Promise<Outcome<RunResult>>;
}
