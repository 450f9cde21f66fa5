/** git behind the ports of resolve: refs, objects and work trees, made for one cache and its mirrors. */
import { join } from 'node:path';
import type { GitHistory, GitObjects, GitRefs, WorkTrees } from '../../resolve/ports.ts';
import { gitProcesses, type Environment } from './git-process.ts';
import { gitHistory } from './history.ts';
import { mirrorsIn, type MirrorRule } from './mirrors.ts';
import { gitObjects } from './objects.ts';
import { gitRefs } from './refs.ts';
import { workTrees } from './work-trees.ts';

export interface GitPorts {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
  readonly workTrees: WorkTrees;
  readonly history: GitHistory;
}

export interface GitOptions {
  /** mwpipe's cache folder: mirrors live in `git` below it. */
  readonly cache: string;
  readonly mirrors: readonly MirrorRule[];
  /** What git inherits: HOME for its config, PATH, ssh's agent. */
  readonly environment: Environment;
}

export function openGit({ cache, mirrors: rules, environment }: GitOptions): GitPorts {
  const git = gitProcesses(environment);
  const mirrors = mirrorsIn(cache, rules, git);
  return {
    refs: gitRefs(mirrors, git),
    objects: gitObjects(mirrors, git),
    workTrees: workTrees(mirrors, git),
    history: gitHistory({ mirrors, git, root: join(cache, 'history') }),
  };
}
