/** What build steps ask of the outside: containers to run in, the machine's way to its registries, git to submit with. */
import type { Severity } from '../kernel/build-steps.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Runner } from '../kernel/runner.ts';
import type { GitObjects } from '../resolve/index.ts';
import type { RuntimePorts } from './ports.ts';

/** How this machine reaches package registries: given to steps that may use the network, and part of no key. */
export interface MachineNetwork {
  /** The engine's network for such steps. */
  readonly name: string;
  /** npm's registry, as this machine is set up. */
  readonly npmRegistry?: string;
  /** Certificates that this machine trusts (PEM), where it was told of others than the usual. */
  readonly certificates?: string;
}

export interface Advisory {
  readonly package: string;
  readonly severity: Severity;
  readonly title: string;
  readonly url: string;
  /** As npm writes ranges: `<4.17.21`. */
  readonly versions: string;
}

/** A registry that doesn't answer is no failure of what was asked about. */
export type AdvisoryAnswer =
  | { readonly answered: true; readonly advisories: readonly Advisory[] }
  | { readonly answered: false; readonly because: string };

export interface Advisories {
  /** What npm's registry knows of these packages: names to versions. */
  about(
    packages: Readonly<Record<string, readonly string[]>>,
    context: Pick<RunContext, 'signal'>,
  ): Promise<AdvisoryAnswer>;
}

export interface StepPorts extends RuntimePorts {
  readonly objects: GitObjects;
  readonly runner: Runner;
  readonly advisories: Advisories;
  /** Asked only where a step that may use the network runs. */
  readonly network: () => Promise<MachineNetwork>;
  /** Folder where each step's last log is kept whole. */
  readonly logs: string;
}

/** A file of a commit; without content, one that is removed. */
export interface SubmittedFile {
  readonly path: string;
  readonly executable?: boolean;
  readonly content?: () => Promise<Buffer | undefined>;
}

export interface SubmittedCommit {
  readonly commit: string;
  /** Against its parent; none where nothing is another. */
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
}

export interface Submissions {
  /**
   * A commit on top of one that was fetched, by the user that git knows; no ref of the mirror is moved.
   * @returns fails with `git/no-identity`, `git/missing`
   */
  commit(
    wanted: {
      readonly url: string;
      readonly parent: string;
      readonly files: readonly SubmittedFile[];
      readonly message: string;
      /** Adds a Change-Id of its content, as Gerrit wants: the same again is the same change. */
      readonly changeId: boolean;
    },
    context: RunContext<never>,
  ): Promise<Outcome<SubmittedCommit>>;
  /**
   * Never forced.
   * @param wanted.from canonical url of the component, whose mirror has the commit
   * @returns fails with `git/push-refused`, `resolve/unsafe-*`
   */
  push(
    wanted: { readonly url: string; readonly from: string; readonly commit: string; readonly ref: string },
    context: RunContext<never>,
  ): Promise<Outcome<{ readonly said: string }>>;
}
