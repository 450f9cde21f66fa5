/** What a private lock has on top, as far as others may know: how many patches, and not of which component. */
import type { LockedComponent, Lockfile } from './lockfile.ts';

/** As private locks have it beside the changes under review. */
interface WithSecurity {
  readonly tree: string;
  readonly security?: readonly unknown[];
}

export function embargoedIn({ components }: Lockfile): number {
  const count = (patch: WithSecurity | undefined): number => patch?.security?.length ?? 0;
  return components.reduce((sum, { patch }) => sum + count(patch), 0);
}

/** Changes under review are everybody's to read. */
export function publicPatches({ patch }: LockedComponent): readonly string[] | undefined {
  return patch?.changes?.map(({ change, patchset }) => `change ${change}/${patchset}`);
}
