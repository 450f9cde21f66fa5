/** resolve: from an extension set to a lockfile. What other steps and the faces may see. */
export type { ResolveEvent } from './events.ts';
export type { ComponentKind, LockedComponent, Lockfile } from './lockfile.ts';
export type { ChangedFile, GitObjects, TreeEntry, WorkTrees } from './ports.ts';
export { readLock } from './read-lock.ts';
export { resolvePatched, type PatchSource } from './resolve-patched.ts';
export { resolveSet, type Resolved, type ResolveRequest } from './resolve-set.ts';
