/** What the flow is given: the ports of one target, and the steps that need a workspace, made ready by composition. */
import type { Bundle, ConfigHost } from '../config/index.ts';
import type { Foundation, ImageLabels, Target, Wiki } from '../deploy/index.ts';
import type { Home } from '../kernel/home.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Runner } from '../kernel/runner.ts';
import type { RolloutPolicy, Router } from '../rollout/index.ts';
import type { FlowEvent } from './events.ts';

export type FlowContext = RunContext<FlowEvent>;

/** A target that has a home: enough to look at it and to move its traffic. */
export interface TargetTools {
  /** As in mwpipe.yaml. */
  readonly name: string;
  readonly target: Target;
  readonly wiki: Wiki;
  readonly home: Home;
  readonly bundles: ConfigHost;
  readonly router: Router;
  readonly runner: Runner;
  readonly who: string;
}

export interface MadeImage {
  readonly imageId: string;
  /** MW_VERSION of its core. */
  readonly mediawiki: string;
  readonly set: string;
}

export interface ReleaseTools extends TargetTools {
  readonly foundation: Foundation;
  readonly policy: RolloutPolicy;
  readonly instances: number;
  /** From the lock, with patches on top, to an image in the engine. */
  readonly makeImage: (context: FlowContext) => Promise<Outcome<MadeImage>>;
  readonly makeBundle: () => Promise<Outcome<Bundle>>;
  /** `policy.bases` of mwpipe.yaml. */
  readonly bases: readonly string[];
  readonly labelsOf: (image: string) => Promise<Outcome<ImageLabels>>;
}

/** Work under the target's lease, which is given back whatever happens. */
export async function underLease<T>(
  { home, reason }: { readonly home: Home; readonly reason: string },
  context: FlowContext,
  work: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const lease = await home.acquire(reason, { ...context, emit: () => undefined });
  if (!lease.ok) return lease;
  try {
    return await work();
  } finally {
    await lease.value[Symbol.asyncDispose]();
  }
}
