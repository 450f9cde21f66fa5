/** resolve: from an extension set to a lockfile. What other steps and the faces may see. */
export type { ResolveEvent } from './events.ts';
export type { ComponentKind, LockedComponent, Lockfile } from './lock/lockfile.ts';
export type { ChangedFile, GitObjects, TreeEntry, WorkTrees } from './ports.ts';
export { readLock } from './lock/read-lock.ts';
export { resolvePatched, type PatchSource } from './patches/resolve-patched.ts';
export { resolveSet, type Resolved, type ResolveRequest } from './resolve-set.ts';
export type { Reviews } from './ports.ts';
export { parseAskedChange } from './patches/asked-change.ts';
export { resolveChanges } from './patches/resolve-changes.ts';
export { restorePatched } from './patches/restore-patched.ts';
