/** A build step with all that was left out: what exactly runs, in what, with which bounds. */
import type { BuildStep, Severity } from '../../kernel/build-steps.ts';
import { digestOf, type Digest } from '../../kernel/digest.ts';
import type { RuntimeName } from '../runtimes/runtime-identity.ts';

export interface StepSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly runtime: RuntimeName;
  readonly outputs: readonly string[];
  /** All that it sees of the component; undefined for everything. */
  readonly inputs?: readonly string[];
  readonly network: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  /** Advisories of at least this severity fail it. */
  readonly audit?: Severity;
}

const DEADLINE_S = 600;
const MEMORY_MIB = 2048;

/** @param runtime of the image: its test flavour has node and composer */
export function stepSpec(step: BuildStep, runtime: string): StepSpec {
  const [name = runtime, flavour = 'test'] = step.runtime?.split('/') ?? [];
  return {
    name: step.name,
    argv: typeof step.run === 'string' ? ['/bin/sh', '-e', '-c', step.run] : step.run,
    runtime: { name, flavour },
    outputs: step.outputs,
    ...(step.inputs === undefined ? {} : { inputs: step.inputs }),
    network: step.network ?? false,
    env: step.env ?? {},
    deadlineMs: (step.deadline ?? DEADLINE_S) * 1000,
    memoryBytes: (step.memory ?? MEMORY_MIB) * 1024 * 1024,
    ...(step.audit === undefined ? {} : { audit: step.audit }),
  };
}

/** What of a step decides what it makes: more time or memory doesn't, nor what is known of its packages. */
export function specDigest({ name, argv, outputs, inputs, network, env }: StepSpec): Digest {
  return digestOf({ name, argv, outputs, inputs, network, env });
}

export function runtimeText({ name, flavour }: RuntimeName): string {
  return `${name}/${flavour}`;
}

/** `path` is one of `paths`, or below one. */
export function isBelow(path: string, paths: readonly string[]): boolean {
  return paths.some((one) => path === one || path.startsWith(`${one}/`));
}
