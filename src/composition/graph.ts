/** The dependency graph of a set, with real git. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobStore } from '../kernel/blob-store.ts';
import { quote } from '../kernel/diagnostic.ts';
import { messageOf, systemCodeOf } from '../kernel/error.ts';
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import type { Workspace } from '../kernel/workspace.ts';
import {
  diffGraph,
  EDGE_KINDS,
  narrowGraph,
  parseDeclared,
  readGraph,
  readLock,
  restorePatched,
  type ComponentGraph,
  type GraphDiff,
  type GraphEvent,
  type Narrowing,
} from '../resolve/index.ts';
import { withGit } from './git.ts';

export interface GraphOptions extends Narrowing {
  readonly set: string;
  /** Whether what leads to core and vendor is an edge too. */
  readonly core?: boolean;
}

/** The graph of what the set's lock says, or the part of it that is asked for. */
export async function graphIn(
  workspace: Workspace,
  { set, core = false, ...narrowing }: GraphOptions,
  context: RunContext<GraphEvent>,
): Promise<Outcome<ComponentGraph>> {
  const lock = await readLock(workspace.root, set);
  if (!lock.ok) return lock;
  const blobs = blobStore(join(workspace.cache, 'blobs'));
  return withGit(workspace, async (git) => {
    const whole = await restorePatched(lock.value, git, silent(context));
    if (!whole.ok) return whole;
    const graph = await readGraph({ lock: whole.value, core }, { objects: git.objects, blobs }, context);
    return graph.ok ? narrowGraph(graph.value, narrowing) : graph;
  });
}

/** The same against a declared file. Only phan reads what its configuration names, so that isn't missed elsewhere. */
export async function graphDiffIn(
  workspace: Workspace,
  { file, kinds, ...options }: GraphOptions & { readonly file: string },
  context: RunContext<GraphEvent>,
): Promise<Outcome<GraphDiff>> {
  const declared = await readDeclared(file);
  if (!declared.ok) return declared;
  const graph = await graphIn(workspace, options, context);
  if (!graph.ok) return graph;
  const wanted = narrowGraph(graph.value, kinds === undefined ? {} : { kinds });
  if (!wanted.ok) return wanted;
  const meant = EDGE_KINDS.filter((kind) => (kinds === undefined ? kind !== 'phan' : kinds.includes(kind)));
  return ok(diffGraph(graph.value, declared.value, meant));
}

async function readDeclared(file: string) {
  try {
    return parseDeclared(file, await readFile(file, 'utf8'));
  } catch (cause) {
    const missing = systemCodeOf(cause) === 'ENOENT';
    return fail({
      code: 'resolve/no-declaration',
      message: missing ? `there is no file ${quote(file)}` : `can't read ${quote(file)}: ${messageOf(cause)}`,
      hint: "name zuul's dependencies.yaml, or a graph of mwpipe graph --format json",
    });
  }
}
