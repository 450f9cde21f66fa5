/** resolve: from an extension set to a lockfile. What other steps and the faces may see. */
export type { ResolveEvent } from './events.ts';
export type { ComponentKind, LockedComponent, Lockfile } from './lock/lockfile.ts';
export type { ChangedFile, GitObjects, TreeEntry, WorkTrees } from './ports.ts';
export { readLock } from './lock/read-lock.ts';
export { resolvePatched, type PatchSource } from './patches/resolve-patched.ts';
export { resolveSet, type Resolved, type ResolveRequest } from './resolve-set.ts';
export { readSet, type ExtensionSet, type SetComponent } from './sets/extension-set.ts';
export { diffSets, type SetsDiff } from './sets/diff-sets.ts';
export { importSet, type Imported } from './sets/import/import-set.ts';
export { listSets, type ListedSet } from './sets/list-sets.ts';
export { why } from './sets/read-why.ts';
export type { Why } from './sets/why.ts';
export { checkRef, checkUrl } from './sets/safe-names.ts';
