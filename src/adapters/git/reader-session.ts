/** One union of mirrors and the git that reads it: one process, or two where git is older than 2.36. */
import type { Question } from './answers.ts';
import { talkTo, type Asked, type CatFile, type Dialect, type Died } from './cat-file.ts';
import type { GitProcesses } from './git-process.ts';
import type { UnionStore } from './union-store.ts';

export interface Session<Q extends Asked> {
  readonly union: UnionStore;
  readonly speaker: (command: Question['command']) => CatFile<Q>;
  /** Each git has answered something, and so has read its list of lenders. */
  readonly settled: () => boolean;
  /** Answers what it was asked, then ends git and removes the union. */
  end(): Promise<void>;
}

export interface Ending<Q extends Asked> extends Died<Q> {
  readonly reason: 'ended' | 'died' | 'too-old' | 'no-git';
}

export interface SessionOptions<Q extends Asked> {
  readonly git: GitProcesses;
  /** Git is known to have no `--batch-command`. */
  readonly old: boolean;
  readonly ended: (ending: Ending<Q>) => void;
}

export function startSession<Q extends Asked>(union: UnionStore, options: SessionOptions<Q>): Session<Q> {
  const dialects: readonly Dialect[] = options.old ? ['info', 'contents'] : ['command'];
  const closed: Promise<void>[] = [];
  const speakers = dialects.map((dialect) => {
    const child = options.git.start({ args: ARGUMENTS[dialect], env: { ...ALONE, GIT_DIR: union.folder } });
    return talkTo<Q>(child, dialect, (died) => options.ended({ ...died, reason: reasonOf(died) }));
  });
  for (const speaker of speakers) closed.push(speaker.closed);
  const gone = Promise.all(closed).then(() => union.remove());
  gone.catch(() => undefined); // a leftover is removed by `mwpipe cache gc`
  const end = async (): Promise<void> => {
    for (const speaker of speakers) speaker.end();
    await gone;
  };
  const speaker: Session<Q>['speaker'] = (command) => {
    const found = speakers[command === 'contents' ? speakers.length - 1 : 0];
    if (found === undefined) throw new Error('a session has a git');
    return found;
  };
  return { union, speaker, settled: () => speakers.every((one) => one.answered()), end };
}

const ARGUMENTS: Readonly<Record<Dialect, readonly string[]>> = {
  command: ['cat-file', '--batch-command', '--buffer'],
  info: ['cat-file', '--batch-check'],
  contents: ['cat-file', '--batch'],
};

/** Nothing that the user configured applies to the scratch repo; above all no remote that would fetch what is missing. */
const ALONE = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: undefined,
  GIT_CONFIG_PARAMETERS: undefined,
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
} as const;

/** What git's `usage` ends with. */
const WRONG_USAGE = 129;

function reasonOf(died: Died<Asked>): Ending<Asked>['reason'] {
  if (died.unanswered.length === 0) return 'ended';
  if (died.code === WRONG_USAGE && died.said.includes('batch-command')) return 'too-old';
  return died.said.includes('ENOENT') ? 'no-git' : 'died';
}
