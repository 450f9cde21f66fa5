/** git behind the ports of resolve: refs, objects and work trees, made for one cache and its mirrors. */
import { basename, join } from 'node:path';
import type { MirrorStore } from '../../resolve/index.ts';
import type { GitHistory, GitObjects, GitRefs, PatchMails, TrackedFiles, WorkTrees } from '../../resolve/ports.ts';
import type { TreeMerges } from '../../resolve/review-ports.ts';
import { patchMails } from './apply-mails.ts';
import { fetchCommit } from './fetch-commit.ts';
import type { FetchTools } from './fetch-into.ts';
import { gitProcesses, type Environment, type GitProcesses } from './git-process.ts';
import { gitHistory } from './history.ts';
import { lsRefs } from './ls-refs/index.ts';
import { mirrorsIn, type MirrorRule } from './mirrors.ts';
import type { Submissions } from '../../build/steps-ports.ts';
import { objectReader } from './object-reader.ts';
import { gitObjects } from './objects.ts';
import { privateStore } from './private-store.ts';
import { gitRefs } from './refs.ts';
import { mirrorStore } from './tend-mirrors.ts';
import { trackedFiles } from './tracked-files.ts';
import { treeReader } from './read-trees.ts';
import { submissions } from './submissions.ts';
import { remotesOf } from './remotes.ts';
import { treeMemory } from './tree-memory.ts';
import { treeMerges } from './tree-merges.ts';
import { workTrees } from './work-trees.ts';

export interface GitPorts {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
  readonly workTrees: WorkTrees;
  readonly mails: PatchMails;
  readonly tracked: TrackedFiles;
  /** The mirrors themselves, for who tends the cache. */
  readonly mirrors: MirrorStore;
  /** Ends the git that reads objects; it would end by itself some seconds later. */
  close(): Promise<void>;
  /** How many git processes were started so far. */
  readonly processes: Pick<GitProcesses, 'started'>;
  readonly merges: TreeMerges;
  readonly history: GitHistory;
  readonly submissions: Submissions;
}

export interface GitOptions {
  /** mwpipe's cache folder: mirrors live in `git` below it. */
  readonly cache: string;
  readonly mirrors: readonly MirrorRule[];
  /** What git inherits: HOME for its config, PATH, ssh's agent. */
  readonly environment: Environment;
  /** Without a byte or a word of progress for so long, a remote counts as silent. @default as git is told, else a minute */
  readonly silenceMs?: number;
  /** Objects with embargoed patches are read too, through a folder that is its owner's alone. @default false */
  readonly embargoed?: boolean;
}

const SILENCE_MS = 60_000;

export function openGit({ cache, mirrors: rules, environment, ...options }: GitOptions): GitPorts {
  const silenceMs = options.silenceMs ?? toldPatience(environment) ?? SILENCE_MS;
  const git = gitProcesses(environment);
  const reader = objectReader(join(cache, options.embargoed === true ? 'private/git' : 'git'), git);
  const mirrors = mirrorsIn(cache, rules);
  const remotes = remotesOf({ git, mirrors, silenceMs });
  const ls = lsRefs({ silenceMs });
  const reading = { reader, memory: treeMemory() };
  const trees = treeReader(reading);
  const treeOf: FetchTools['treeOf'] = (mirror, id) => trees.treeOf({ url: basename(mirror), mirror, id });
  return {
    refs: gitRefs(remotes, ls),
    objects: gitObjects({
      ...reading,
      mirrors,
      trees,
      fetch: (wanted, context) => fetchCommit(wanted, { remotes, ls, treeOf, context }),
    }),
    workTrees: workTrees(mirrors, git),
    mails: patchMails(mirrors, privateStore(cache), git),
    tracked: trackedFiles(git),
    mirrors: mirrorStore({ root: join(cache, 'git'), mirrors, git }),
    close: () => reader.close(),
    processes: git,
    merges: treeMerges(mirrors, git),
    history: gitHistory({ remotes, root: join(cache, 'history') }),
    submissions: submissions(remotes),
  };
}

/**
 * What a user sets for git's own transfers holds for ours.
 * @see https://git-scm.com/docs/git, GIT_HTTP_LOW_SPEED_TIME: seconds
 */
function toldPatience({ GIT_HTTP_LOW_SPEED_TIME: told }: Environment): number | undefined {
  return told !== undefined && /^[1-9]\d{0,5}$/.test(told) ? Number(told) * 1000 : undefined;
}
