/** git behind the ports of resolve: refs, objects and work trees, made for one cache and its mirrors. */
import { join } from 'node:path';
import type { GitObjects, GitRefs, PatchMails, TrackedFiles, WorkTrees } from '../../resolve/ports.ts';
import { patchMails } from './apply-mails.ts';
import { gitProcesses, type Environment } from './git-process.ts';
import { mirrorsIn, type MirrorRule } from './mirrors.ts';
import { objectReader } from './object-reader.ts';
import { gitObjects } from './objects.ts';
import { privateStore } from './private-store.ts';
import { gitRefs } from './refs.ts';
import { trackedFiles } from './tracked-files.ts';
import { workTrees } from './work-trees.ts';

export interface GitPorts {
  readonly refs: GitRefs;
  readonly objects: GitObjects;
  readonly workTrees: WorkTrees;
  readonly mails: PatchMails;
  readonly tracked: TrackedFiles;
  /** Ends the git that reads objects; it would end by itself some seconds later. */
  close(): Promise<void>;
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
  const reader = objectReader(join(cache, 'git'), git);
  return {
    refs: gitRefs(mirrors, git),
    objects: gitObjects({ mirrors, git, reader }),
    workTrees: workTrees(mirrors, git),
    mails: patchMails(mirrors, privateStore(cache), git),
    tracked: trackedFiles(git),
    close: () => reader.close(),
  };
}
