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
export type { GraphEvent } from './events.ts';
export { cyclesOf } from './graph/cycles.ts';
export { parseDeclared } from './graph/declared.ts';
export { dependentsOf, type Dependent } from './graph/dependents-of.ts';
export { diffGraph, type GraphDiff } from './graph/diff-graph.ts';
export {
  EDGE_KINDS,
  formatGraph,
  type ComponentGraph,
  type EdgeKind,
  type GraphEdge,
} from './graph/graph-document.ts';
export { narrowGraph, type Narrowing } from './graph/narrow-graph.ts';
export { readGraph, type GraphTools } from './graph/read-graph.ts';
export { summariseGraph, type GraphSummary } from './graph/summarise-graph.ts';
export { checkRef, checkUrl } from './sets/safe-names.ts';
