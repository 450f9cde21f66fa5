/**
 * Reads objects of all mirrors through one git process a run. It is started when something is asked, started again
 * where it died, and ends by itself: unasked for some seconds, or with this program.
 */
import { MwpipeError } from '../../kernel/error.ts';
import type { FoundObject } from './answers.ts';
import type { Asked } from './cat-file.ts';
import type { GitProcesses } from './git-process.ts';
import { startSession, type Ending, type Session } from './reader-session.ts';
import { makeUnion, type ObjectFormat } from './union-store.ts';

export interface ObjectReader {
  /** In the order asked; undefined where no mirror has it. */
  infos(mirror: string, oids: readonly string[]): Promise<(FoundObject | undefined)[]>;
  /** @returns without `data` where it is bigger than `most` bytes */
  contents(mirror: string, oid: string, most: number): Promise<FoundObject | undefined>;
  /** Reads from this mirror too: from one that holds what another lacks, and is asked for through that. */
  include(mirror: string): void;
  /** Ends git; what is asked later starts it again. */
  close(): Promise<void>;
}

/** @param root folder of the mirrors */
export function objectReader(root: string, git: GitProcesses): ObjectReader {
  const lanes = { sha1: openLane('sha1', root, git), sha256: openLane('sha256', root, git) };
  const ask = (job: Job): void => {
    const format = formatOfId(job.oid);
    if (format === undefined) job.failed(new Error(`${JSON.stringify(job.oid)} is no object id`));
    else lanes[format].ask(job);
  };
  return {
    infos: (mirror, oids) => askAll(oids, { mirror, ask }),
    contents: (mirror, oid, most) =>
      new Promise((answer, failed) => ask({ command: 'contents', mirror, oid, most, answer, failed, deaths: 0 })),
    include: (mirror) => {
      lanes.sha1.include(mirror);
      lanes.sha256.include(mirror);
    },
    close: async () => {
      await Promise.all([lanes.sha1.close(), lanes.sha256.close()]);
    },
  };
}

/** One promise for thousands of questions. */
function askAll(
  oids: readonly string[],
  { mirror, ask }: { readonly mirror: string; readonly ask: (job: Job) => void },
): Promise<(FoundObject | undefined)[]> {
  return new Promise((resolve, failed) => {
    const found: (FoundObject | undefined)[] = [];
    let left = oids.length;
    if (left === 0) resolve(found);
    for (const [at, oid] of oids.entries()) {
      const answer = (one: FoundObject | undefined): void => {
        found[at] = one;
        left -= 1;
        if (left === 0) resolve(found);
      };
      ask({ command: 'info', mirror, oid, most: 0, answer, failed, deaths: 0 });
    }
  });
}

/** Whole ids only: a name (`HEAD`, `master:a.php`, `-x`) would be looked up in a repo that nobody meant. */
function formatOfId(oid: string): ObjectFormat | undefined {
  if (!/^[0-9a-f]+$/.test(oid)) return undefined;
  return oid.length === 40 ? 'sha1' : oid.length === 64 ? 'sha256' : undefined;
}

interface Job extends Asked {
  readonly mirror: string;
  readonly failed: (error: unknown) => void;
  /** Times that git died while it was busy with this one. */
  deaths: number;
}

interface Lane {
  ask(job: Job): void;
  include(mirror: string): void;
  close(): Promise<void>;
}

const SPARES = 64;
const MOST_SPARES = 512;

/** One format's sessions, one after the other: the next begins where a union is full, or git is gone. */
function openLane(format: ObjectFormat, root: string, git: GitProcesses): Lane {
  let current: Session<Job> | undefined;
  let spares = SPARES;
  let old = false;
  const start = (mirror: string): Session<Job> => {
    const union = makeUnion({ root, format, spares, first: mirror });
    spares = Math.min(spares * 2, MOST_SPARES);
    return startSession(union, { git, old, ended });
  };
  const ended = (ending: Ending<Job>): void => {
    if (ending.reason === 'too-old') old = true;
    for (const job of afterDeath(ending)) ask(job);
  };
  const ask = (job: Job): void => {
    try {
      let session = (current ??= start(job.mirror));
      if (!serves(session, job)) {
        void session.end();
        session = current = start(job.mirror);
      }
      session.speaker(job.command).ask(job);
    } catch (thrown) {
      job.failed(thrown);
    }
  };
  const include = (mirror: string): void => {
    // One with no room for it ends: the next finds that mirror when it begins.
    if (current !== undefined && !current.union.cover(mirror, current.settled())) void current.end();
  };
  return { ask, include, close: async () => current?.end() };
}

/** It was not ended, and has room for the job's mirror. */
function serves({ speaker, union, settled }: Session<Job>, { command, mirror }: Job): boolean {
  return speaker(command).open() && union.cover(mirror, settled());
}

/** Killed twice over the same object, it is that object; the others are asked again. */
const DEATHS = 2;

/** @returns what to ask again */
function afterDeath({ reason, unanswered, said }: Ending<Job>): readonly Job[] {
  const [first, ...others] = unanswered;
  if (first === undefined || reason === 'too-old') return unanswered;
  if (reason === 'no-git') {
    for (const job of unanswered) job.failed(noGit());
    return [];
  }
  first.deaths += 1;
  if (first.deaths < DEATHS) return unanswered;
  first.failed(gitDied(first.oid, said));
  return others;
}

function noGit(): MwpipeError {
  return new MwpipeError({
    code: 'git/missing',
    message: 'there is no git on this machine',
    hint: 'install it: apt-get install git',
    source: 'outside',
  });
}

function gitDied(oid: string, said: string): MwpipeError {
  const [line = 'without a word'] = said.split('\n').filter((one) => one !== '');
  return new MwpipeError({
    code: 'git/unreadable',
    message: `git ended while it read ${oid}: ${line}`,
    hint: 'a mirror may be damaged: mwpipe cache verify --repair removes it, and resolve fetches it anew',
    source: 'outside',
  });
}
