/** git behind the ports of resolve: refs, objects and work trees, made for one cache and its mirrors. */
import type { GitObjects, GitRefs, WorkTrees } from '../../resolve/ports.ts';
import { fetchCommit } from './fetch-commit.ts';
import { gitProcesses, type Environment, type GitProcesses } from './git-process.ts';
import { lsRefs } from './ls-refs/index.ts';
import { mirrorsIn, type MirrorRule } from './mirrors.ts';
import { gitObjects } from './objects.ts';
import { gitRefs } from './refs.ts';
import { remotesOf } from './remotes.ts';
import { workTrees } from './work-trees.ts';

export interface GitPorts {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
  readonly workTrees: WorkTrees;
  /** How many git processes were started so far. */
  readonly processes: Pick<GitProcesses, 'started'>;
}

export interface GitOptions {
  /** mwpipe's cache folder: mirrors live in `git` below it. */
  readonly cache: string;
  readonly mirrors: readonly MirrorRule[];
  /** What git inherits: HOME for its config, PATH, ssh's agent. */
  readonly environment: Environment;
  /** Without a byte or a word of progress for so long, a remote counts as silent. @default a minute */
  readonly silenceMs?: number;
}

const SILENCE_MS = 60_000;

export function openGit({ cache, mirrors: rules, environment, silenceMs = SILENCE_MS }: GitOptions): GitPorts {
  const git = gitProcesses(environment);
  const mirrors = mirrorsIn(cache, rules);
  const remotes = remotesOf({ git, mirrors, silenceMs });
  const ls = lsRefs({ silenceMs });
  return {
    refs: gitRefs(remotes, ls),
    objects: gitObjects({ mirrors, git, fetch: (wanted, context) => fetchCommit(wanted, { remotes, ls, context }) }),
    workTrees: workTrees(mirrors, git),
    processes: git,
  };
}
