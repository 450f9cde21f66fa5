/** resolve: from an extension set to a lockfile. What other steps and the faces may see. */
export type { ResolveEvent } from './events.ts';
export type { ComponentKind, LockedComponent, LockedSubmodule, Lockfile } from './lock/lockfile.ts';
export type { ChangedFile, GitObjects, TreeEntry, WorkTrees } from './ports.ts';
export { readLock } from './lock/read-lock.ts';
export { resolvePatched, type PatchSource } from './patches/resolve-patched.ts';
export { resolveSet, type Resolved, type ResolveRequest } from './resolve-set.ts';
export { applySecurity, type Secured, type SecurityPatches } from './security/apply-security.ts';
export { checkSecurity, type CheckRequest } from './security/check-security.ts';
export type { SecurityTable } from './security/security-table.ts';
export { toldOf } from './security/try-patches.ts';
export { writePrivateLock, type PrivateLock } from './security/write-private-lock.ts';
