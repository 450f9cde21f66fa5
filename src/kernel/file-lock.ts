/**
 * A lock between processes of one machine: a file that names its holder. Where the holder has ended, the next one takes
 * over, and first ends the program that the dead one had started under the lock and that may still be at work.
 */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { kill } from 'node:process';
import { z } from 'zod';
import { MwpipeError, systemCodeOf } from './error.ts';
import { hostProcesses } from './processes.ts';
import type { RunContext } from './run-context.ts';

export interface HeldLock {
  /** A program (leader of its group) that works under the lock; whoever takes over from us ends it. */
  startedProgram(leader: number): void;
}

const identity = z.object({ pid: z.number().int(), startTime: z.string(), bootId: z.string(), host: z.string() });
const holderFile = z.object({ token: z.string(), process: identity, program: identity.optional() });
type Holder = z.infer<typeof holderFile>;

/** Waits, however long, while a living process holds it; throws when the run is aborted. */
export async function withFileLock<T>(
  path: string,
  context: RunContext<never>,
  act: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const mine: Holder = { token: randomUUID(), process: hostProcesses.self() };
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, mine, context);
  try {
    return await act({
      startedProgram: (leader) => writeHolder(path, { ...mine, program: hostProcesses.identityOf(leader) }),
    });
  } finally {
    await rm(path, { force: true });
  }
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** A holder on another machine can't be looked at: so long it is believed. */
const STRANGER_MS = 15 * 60_000;

async function acquire(path: string, mine: Holder, { signal, clock }: RunContext<never>): Promise<void> {
  const since = clock.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    if (await take(path, mine)) return;
    const holder = await readHolder(path);
    if (holder !== 'nobody' && isOver(holder) && (await takeOver(path, holder, mine))) return;
    if (holder !== 'nobody' && isStranger(holder) && clock.now() - since > STRANGER_MS) throw held(path, holder);
    await clock.sleep(pause, signal);
  }
}

/** Appears with its content, or not at all. */
async function take(path: string, mine: Holder): Promise<boolean> {
  const beside = `${path}.${randomUUID()}`;
  await writeFile(beside, JSON.stringify(mine));
  try {
    await link(beside, path);
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) !== 'EEXIST') throw cause;
    return false;
  } finally {
    await rm(beside, { force: true });
  }
}

/** Undefined where it can't be read: a crash of the machine can leave an empty file. */
async function readHolder(path: string): Promise<Holder | undefined | 'nobody'> {
  try {
    return holderFile.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (cause) {
    return systemCodeOf(cause) === 'ENOENT' ? 'nobody' : undefined;
  }
}

function isOver(holder: Holder | undefined): boolean {
  return holder === undefined || (!isStranger(holder) && !hostProcesses.isAlive(holder.process));
}

function isStranger(holder: Holder | undefined): boolean {
  return holder !== undefined && holder.process.host !== hostProcesses.self().host;
}

/**
 * Several may find the same dead holder; one of them may replace it. They settle it by a lock of the same kind, named
 * after that holder: who comes late with it finds another holder in place, and leaves it alone.
 */
async function takeOver(path: string, dead: Holder | undefined, mine: Holder): Promise<boolean> {
  const guard = `${path}.after-${dead?.token ?? 'unreadable'}`;
  if (!(await take(guard, mine))) {
    const other = await readHolder(guard);
    if (other === 'nobody' || !isOver(other) || !(await takeOver(guard, other, mine))) return false;
  }
  try {
    const now = await readHolder(path);
    if (now === 'nobody' || now?.token !== dead?.token) return false;
    await endProgram(dead?.program);
    const beside = `${path}.${randomUUID()}`;
    await writeFile(beside, JSON.stringify(mine));
    await rename(beside, path);
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function endProgram(program: Holder['program']): Promise<void> {
  while (program !== undefined && hostProcesses.isAlive(program)) {
    try {
      kill(-program.pid, 'SIGKILL');
    } catch (cause) {
      if (systemCodeOf(cause) === 'ESRCH') return;
      throw cause;
    }
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS));
  }
}

/** At once: between the start of a program and this, nobody would know of it. */
function writeHolder(path: string, holder: Holder): void {
  const beside = `${path}.${randomUUID()}`;
  try {
    writeFileSync(beside, JSON.stringify(holder));
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}

function held(path: string, holder: Holder | undefined): MwpipeError {
  const { host = '?', pid = 0 } = holder?.process ?? {};
  return new MwpipeError({
    code: 'lock/held',
    message: `${path} is held by process ${String(pid)} of ${host}, which can't be looked at from here`,
    hint: 'if that machine no longer works on this cache, remove the file',
    source: 'outside',
  });
}
