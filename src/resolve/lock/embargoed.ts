/** What a private lock has on top, as far as others may know: how many patches, and not of which component. */
import type { LockedComponent, LockedSubmodule, Lockfile } from './lockfile.ts';

/** In repos inside of components too. */
export function embargoedIn({ components }: Lockfile): number {
  return components.reduce((sum, component) => sum + countIn(component), 0);
}

function countIn({ patch, submodules = [] }: Pick<LockedSubmodule, 'patch' | 'submodules'>): number {
  return (patch?.security?.length ?? 0) + submodules.reduce((sum, submodule) => sum + countIn(submodule), 0);
}

/** Changes under review are everybody's to read. */
export function publicPatches({ patch }: LockedComponent): readonly string[] | undefined {
  return patch?.changes?.map(({ change, patchset }) => `change ${change}/${patchset}`);
}
