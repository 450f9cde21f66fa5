/** What build steps ask of the outside: containers to run in, the machine's way to its registries, git to submit with. */
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

export interface StepPorts extends RuntimePorts {
  readonly objects: GitObjects;
  readonly runner: Runner;
  /** Asked only where a step that may use the network runs. */
  readonly network: () => Promise<MachineNetwork>;
  /** Folder where each step's last log is kept whole. */
  readonly logs: string;
}
