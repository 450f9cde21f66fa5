/** What the flow is given: the ports of one target, and the steps that need a workspace, made ready by composition. */
import type { Bundle, ConfigHost, ConfigSource } from '../config/index.ts';
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
  /** Its lease is held while instances or config change: for seconds. */
  readonly home: Home;
  /** Who moves the traffic holds this lease from the first step to the last; config may be pushed meanwhile. */
  readonly traffic: Pick<Home, 'acquire' | 'holder'>;
  readonly bundles: ConfigHost;
  readonly router: Router;
  readonly runner: Runner;
  /** Folder of this machine's cache. */
  readonly cache: string;
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
  /** The commit that its overlays come from; undefined where git can't say. */
  readonly sourceOf: (bundle: Bundle, context: FlowContext) => Promise<ConfigSource | undefined>;
  /** `policy.bases` of mwpipe.yaml. */
  readonly bases: readonly string[];
  readonly labelsOf: (image: string) => Promise<Outcome<ImageLabels>>;
}
