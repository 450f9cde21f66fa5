/** resolve: from an extension set to a lockfile. What other steps and the faces may see. */
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
