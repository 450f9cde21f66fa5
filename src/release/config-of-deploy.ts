/** A deploy brings config as well as code: it is in the history of both, and whether it would go along on the way back is asked now. */
import { checkInImages, withCode, type Bundle } from '../config/index.ts';
import { releaseIn, type DeployPlan, type TargetState } from '../deploy/index.ts';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { FlowContext, ReleaseTools } from './tools.ts';

interface Brought {
  readonly plan: DeployPlan;
  readonly bundle: Bundle;
  readonly state: TargetState;
}

/** In an emergency nobody wants to wait for an evaluation, nor to learn that an older config is needed. Stops nothing. */
export async function checkWayBack(
  { plan, bundle, state }: Brought,
  tools: ReleaseTools,
  context: FlowContext,
): Promise<readonly string[]> {
  const old = releaseIn(state, plan.live?.slot);
  if (old === undefined || old.image === plan.image) return [plan.image];
  const slots = await tools.bundles.slots(context);
  const own = slots.ok ? slots.value.find(({ slot }) => slot === plan.live?.slot)?.bundle : undefined;
  const passes = own === bundle.hash ? ok() : await checkInImages({ bundle, images: [old.image] }, tools, context);
  if (passes.ok) return [plan.image, old.image];
  const because = passes.diagnostics[0];
  context.emit({ code: 'release/config-one-way', release: old.number, bundle: bundle.hash, because });
  return [plan.image];
}

/** Before any user comes. @param given.images that have accepted the bundle */
export async function noteDeployed(
  { plan, bundle, images }: Omit<Brought, 'state'> & { readonly images: readonly string[] },
  tools: ReleaseTools,
  context: FlowContext,
): Promise<Outcome<void>> {
  const slots = await tools.bundles.slots(context);
  const previous = slots.ok ? slots.value.find(({ slot }) => slot === plan.live?.slot)?.bundle : undefined;
  const source = await tools.sourceOf(bundle, context);
  const { release, slot } = plan;
  const facts = { act: 'deployed', phase: 'done', bundle: bundle.hash, previous, images, release, slot } as const;
  return tools.home.append(withCode({ ...facts, who: tools.who, source }, context.clock.now()));
}
