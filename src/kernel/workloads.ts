/** The workloads port: every container or pod of mwpipe's, of a release or of a failed test, to look into. */
import type { Readable, Writable } from 'node:stream';
import { quote } from './diagnostic.ts';
import { fail, ok, type Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';
import type { OutputSink } from './runner.ts';

export interface Workload {
  readonly name: string;
  /** `instance`, `router`, `database`, `home`, `test`, ... */
  readonly role: string;
  readonly target?: string;
  readonly slot?: string;
  readonly release?: string;
  /** The test run that left it behind. */
  readonly run?: string;
  readonly running: boolean;
}

/** What a person's terminal gives a shell. */
export interface ShellStreams {
  readonly stdin: Readable & { setRawMode?: (raw: boolean) => unknown };
  readonly stdout: Writable & { readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable;
  /** A screen and a keyboard are there: keys go through as they are typed. */
  readonly terminal: boolean;
}

export interface Workloads {
  /** Sorted by name. */
  list(): Promise<Outcome<readonly Workload[]>>;
  /** The last `tail` lines, and with `follow` what comes until the signal. */
  logs(
    name: string,
    options: { readonly follow: boolean; readonly tail: number; readonly output: OutputSink },
    context: RunContext,
  ): Promise<Outcome<void>>;
  /** Runs a command inside; a stopped workload is started for it from what it left. @returns its exit code */
  shell(
    workload: Workload,
    request: { readonly argv: readonly string[]; readonly streams: ShellStreams },
    context: RunContext,
  ): Promise<Outcome<number>>;
}

/**
 * The workloads that a word means: a name, a slot, `slot-1`, a role, a test run; without a word all of the target.
 * @returns fails with `workloads/none`
 */
export function pickWorkloads(
  known: readonly Workload[],
  word: string | undefined,
  target: string,
): Outcome<readonly [Workload, ...Workload[]]> {
  const own = known.filter((one) => one.target === target);
  const named = known.filter(({ name }) => name === word || name === `mwpipe-${target}-${word ?? ''}`);
  const loose = known.filter(
    (one) => one.run === word || (one.target === target && [one.slot, one.role].includes(word)),
  );
  const [first, ...others] = word === undefined ? own : named.length > 0 ? named : loose;
  if (first !== undefined) return ok([first, ...others]);
  return fail({
    code: 'workloads/none',
    message: word === undefined ? `nothing of target ${target} runs` : `nothing here is called ${quote(word)}`,
    hint:
      known.length === 0 ? 'mwpipe deploy starts a release' : `there are: ${known.map(({ name }) => name).join(', ')}`,
  });
}
