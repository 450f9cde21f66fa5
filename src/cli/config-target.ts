/** What the commands of `mwpipe config` share: one target of the workspace, its overlays as a bundle, its ports. */
import { Command } from 'commander';
import type { Bundle, ConfigEvent, ConfigPorts, Unwritten } from '../config/index.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { GlobalFlags, Tools } from './run.ts';

export interface OnTarget extends GlobalFlags {
  readonly to: string;
}

export function onTarget(name: string, description: string): Command {
  return new Command(name).description(description).option('--to <target>', 'a target of mwpipe.yaml', 'docker');
}

export async function withBundle<T>(
  flags: OnTarget,
  tools: Tools<ConfigEvent>,
  verb: (parts: { readonly bundle: Bundle; readonly ports: ConfigPorts }) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const bundle = await bundleOf(flags, tools);
  if (!bundle.ok) return bundle;
  const ports = await portsOf(flags, tools);
  if (!ports.ok) return ports;
  await using host = ports.value.host;
  return await verb({ bundle: bundle.value, ports: { ...ports.value, host } });
}

export async function bundleOf(
  flags: OnTarget,
  tools: Tools<ConfigEvent>,
  unwritten?: Unwritten,
): Promise<Outcome<Bundle>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { overlaysOf } = await import('../composition/config.ts');
  const { checkoutSourceOf } = await import('../composition/config-git.ts');
  const { composeBundle } = await import('../config/index.ts');
  const overlays = overlaysOf(workspace.value, flags.to);
  if (!overlays.ok) return overlays;
  const source = checkoutSourceOf(workspace.value, tools.context);
  return composeBundle(workspace.value.root, overlays.value, {
    source,
    ...(unwritten === undefined ? {} : { unwritten }),
  });
}

export async function portsOf(flags: OnTarget, tools: Tools<ConfigEvent>): Promise<Outcome<ConfigPorts>> {
  const workspace = await tools.workspace();
  if (!workspace.ok) return workspace;
  const { configPortsOf, overlaysOf } = await import('../composition/config.ts');
  const known = overlaysOf(workspace.value, flags.to);
  if (!known.ok) return known;
  return configPortsOf(flags.to, workspace.value);
}
