/**
 * The home of a docker target: its lease is the name of a container, its journal and state are files in a volume of
 * their own, written through a small container that outlives every release.
 */
import type { Home } from '../../kernel/home.ts';
import { parseJournal } from '../../kernel/journal-lines.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { exec, type ExecRequest, type ExecResult } from './exec.ts';
import { acquireLease, leaseHolder, type LeaseOptions } from './lease.ts';
import { namesOf } from './names.ts';

export type HomeOptions = Omit<LeaseOptions, 'name'> & { readonly lease?: string };

export const HOME_FOLDER = '/srv/home';
const JOURNAL = `${HOME_FOLDER}/journal.jsonl`;
const STATE = `${HOME_FOLDER}/state.json`;

/** @param options.lease its name; @default the one that whoever changes instances or config takes */
export function dockerHome(options: HomeOptions): Home {
  const names = namesOf(options.target);
  const lease: LeaseOptions = { ...options, name: options.lease ?? names.lease };
  const run = (request: ExecRequest): Promise<Outcome<ExecResult>> =>
    // What is written must be written, interrupted or not.
    exec({ docker: options.docker, container: names.home }, request, { signal: new AbortController().signal });
  return {
    acquire: (reason, context: RunContext) => {
      context.signal.throwIfAborted();
      return acquireLease(lease, reason, context);
    },
    holder: () => leaseHolder(lease),
    append: (entry) => write(run, APPEND, `${JSON.stringify(entry)}\n`),
    journal: async () => {
      const text = await read(run, JOURNAL);
      return text.ok ? ok(parseJournal(text.value)) : text;
    },
    readState: async () => {
      const text = await read(run, STATE);
      if (!text.ok) return text;
      return text.value === '' ? ok(undefined) : parseState(text.value);
    },
    writeState: (state) => write(run, REPLACE, `${JSON.stringify(state, undefined, 1)}\n`),
  };
}

type Run = (request: ExecRequest) => Promise<Outcome<ExecResult>>;

/** A line that a kill or a full disk cut off gets an end first, so that the new one is whole. */
const APPEND = `if [ -s ${JOURNAL} ] && [ "$(tail -c 1 ${JOURNAL} | wc -l)" -eq 0 ]; then echo >> ${JOURNAL}; fi
exec dd of=${JOURNAL} oflag=append conv=notrunc,fsync status=none`;
const REPLACE = `dd of=${STATE}.new conv=fsync status=none && mv ${STATE}.new ${STATE} && sync ${HOME_FOLDER}`;

async function write(run: Run, script: string, text: string): Promise<Outcome<void>> {
  const done = await run({ argv: ['sh', '-c', script], stdin: text });
  if (!done.ok) return done;
  if (done.value.exitCode === 0) return ok();
  return fail({
    code: 'home/not-written',
    message: `the target's home could not be written: ${done.value.stderr.trim()}`,
    hint: 'is the disk full? df -h; nothing was done that is not in the journal',
    exit: 'outside',
  });
}

/** Empty where there is no such file, and on a target that has no home yet. */
async function read(run: Run, file: string): Promise<Outcome<string>> {
  const done = await run({ argv: ['sh', '-c', `[ ! -e ${file} ] || cat ${file}`] });
  if (!done.ok) return done.diagnostics[0].message.endsWith('is not there') ? ok('') : done;
  if (done.value.exitCode === 0) return ok(done.value.stdout);
  return fail({ code: 'home/not-read', message: done.value.stderr.trim(), exit: 'outside' });
}

function parseState(text: string): Outcome<unknown> {
  const state = parsed(text);
  if (state !== undefined) return ok(state);
  return fail({
    code: 'home/damaged',
    message: `the target's state (${STATE} in its home) is no JSON`,
    hint: 'restore the volume from a backup, or start anew: mwpipe down, then mwpipe deploy',
    exit: 'outside',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
