/** resolve: from an extension set to a lockfile. What other steps and the faces may see. */
export type { LockChange } from './diff-lock.ts';
export type { ResolveEvent } from './events.ts';
export { formatLockfile, parseLockfile } from './lockfile.ts';
export type { ComponentKind, LockedComponent, Lockfile, Requirements } from './lockfile.ts';
export type {
  ChangedFile,
  GitObjects,
  GitRefs,
  Hunk,
  ObjectRef,
  Snapshot,
  TreeEntry,
  WorkTreeChanges,
  WorkTreeIdentity,
  WorkTrees,
} from './ports.ts';
export { matchComponent } from './match-component.ts';
export { readLock } from './read-lock.ts';
export { resolvePatched, type PatchPorts, type PatchSource } from './resolve-patched.ts';
export { resolveSet, type Resolved, type ResolvePorts, type ResolveRequest } from './resolve-set.ts';
