/** resolve: from an extension set to a lockfile. What other steps and the faces may see. */
export type { ResolveEvent } from './events.ts';
export type { ComponentKind, LockedComponent, LockedSubmodule, Lockfile } from './lock/lockfile.ts';
export type { ChangedFile, GitObjects, TreeEntry, WorkTrees } from './ports.ts';
export { lockChangelog, type Changelog, type ChangelogEntry, type ChangelogRequest } from './lock/changelog.ts';
export type { ChangelogCommit, CommitList } from './lock/changelog-commits.ts';
export type { Changed } from './lock/diff-lock-components.ts';
export { readLock } from './lock/read-lock.ts';
export { resolvePatched, type PatchSource } from './patches/resolve-patched.ts';
export { resolveSet, type Resolved, type ResolveRequest } from './resolve-set.ts';
