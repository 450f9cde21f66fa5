/** git behind the ports of resolve: refs, objects and work trees, made for one cache and its mirrors. */
import { join } from 'node:path';
import type {
  GitHistory,
  GitObjects,
  GitRefs,
  PatchMails,
  TrackedFiles,
  TreeMerges,
  WorkTrees,
} from '../../resolve/ports.ts';
import { patchMails } from './apply-mails.ts';
import { fetchCommit } from './fetch-commit.ts';
import { gitProcesses, type Environment, type GitProcesses } from './git-process.ts';
import { lsRefs } from './ls-refs/index.ts';
import { gitHistory } from './history.ts';
import { mirrorsIn, type MirrorRule } from './mirrors.ts';
import { objectReader } from './object-reader.ts';
import { gitObjects } from './objects.ts';
import { privateStore } from './private-store.ts';
import { gitRefs } from './refs.ts';
import { remotesOf } from './remotes.ts';
import { trackedFiles } from './tracked-files.ts';
import { treeMerges } from './tree-merges.ts';
import { workTrees } from './work-trees.ts';

export interface GitPorts {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
  readonly workTrees: WorkTrees;
  readonly history: GitHistory;
  readonly mails: PatchMails;
  readonly tracked: TrackedFiles;
  /** Ends the git that reads objects; it would end by itself some seconds later. */
  close(): Promise<void>;
  /** How many git processes were started so far. */
  readonly processes: Pick<GitProcesses, 'started'>;
  readonly merges: TreeMerges;
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
  const reader = objectReader(join(cache, 'git'), git);
  return {
    refs: gitRefs(remotes, ls),
    objects: gitObjects({ mirrors, reader, fetch: (wanted, context) => fetchCommit(wanted, { remotes, ls, context }) }),
    workTrees: workTrees(mirrors, git),
    history: gitHistory({ remotes, root: join(cache, 'history') }),
    mails: patchMails(mirrors, privateStore(cache), git),
    tracked: trackedFiles(git),
    close: () => reader.close(),
    processes: git,
    merges: treeMerges(mirrors, git),
  };
}
