/** What the config benches ask of a target of either kind: instances that are reached directly, and overlays that can be pushed. */
import type { ConfigPorts } from '../../src/config/index.ts';
import type { Runner } from '../../src/kernel/runner.ts';
import { checkedOnce } from './checked-once.ts';

export interface BenchTarget extends AsyncDisposable {
  readonly urls: readonly string[];
  /** For pushes of one overlay: the first is really checked. @param runner of the check; @default the target's own */
  ports(runner?: Runner): ConfigPorts;
  /** Shell wherever instances see what it writes to /srv/overlay: for the control. */
  inOverlay(script: string): Promise<void>;
}

/** Nothing is remembered between runs. */
export function portsOf(parts: Pick<ConfigPorts, 'host' | 'home'> & { readonly runner: Runner }): ConfigPorts {
  return { ...parts, runner: checkedOnce(parts.runner), cache: '/dev/null/no-cache' };
}
