/** deploy's events: what was made ready before any user saw it. */
import type { DeployEvent, DeployPlan } from '../../deploy/index.ts';
import { short } from '../../kernel/digest.ts';
import type { Line } from './renderer.ts';
import { duration } from './units.ts';

export function plainLine(event: DeployEvent): Line | undefined {
  switch (event.code) {
    case 'deploy/prepared':
      return event.changed.length === 0
        ? undefined
        : `Target     made or changed: ${event.changed.join(', ')}   ${duration(event.ms)}`;
    case 'deploy/planned':
      return planLine(event.plan);
    case 'deploy/installed':
      return `Wiki       installed: core's tables and the account Admin   ${duration(event.ms)}`;
    case 'deploy/tables-updated':
      return `Tables     update.php ran: ${event.because}   ${duration(event.ms)}`;
    case 'deploy/tables-kept':
      return `Tables     update.php left out: ${event.because}`;
    case 'deploy/instances-started':
      return { progress: `${event.slot}: ${event.instances} started, warming up` };
    case 'deploy/instance-warmed':
      return `Warm       ${event.instance}: messages cached, ${event.pages} pages compiled   ${duration(event.ms)}`;
    case 'deploy/check-passed':
      return `Check      ✓ ${event.check} on ${event.slot}, through the router   ${event.ms} ms`;
    case 'deploy/check-failed':
      return `Check      ✗ ${event.check} on ${event.slot}: ${event.because}`;
    case 'deploy/release-bad':
      return `Bad        release ${event.release} is marked bad; no user was sent there`;
    case 'deploy/slot-stopped':
      return `Stopped    ${event.slot} is free again`;
  }
}

export function planLine(plan: DeployPlan): string {
  const image = `image ${short(plan.image)} + bundle ${short(plan.bundle)}`;
  if (plan.kind === 'nothing') return `Plan       nothing to do: ${plan.because}`;
  const beside = plan.live === undefined ? '' : `, beside release ${plan.live.release} on ${plan.live.slot}`;
  return `Plan       release ${plan.release}: ${image} to ${plan.slot}${beside}\n           because ${plan.because}`;
}
