/** Processes of this machine, told apart by number and start: a number is given again sooner or later. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { pid } from 'node:process';

export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  readonly host: string;
}

export const hostProcesses = {
  self: (): ProcessIdentity => identityOf(pid),
  /** That of a process that was just started. */
  identityOf,
  isAlive: (identity: ProcessIdentity): boolean =>
    identity.bootId === bootId() && startTimeOf(identity.pid) === identity.startTime,
};

function identityOf(process: number): ProcessIdentity {
  return { pid: process, startTime: startTimeOf(process) ?? '', bootId: bootId(), host: hostname() };
}

/**
 * Clock ticks since boot; undefined where there is no such process, or only its zombie.
 * @see proc(5), /proc/pid/stat: fields 3 and 22; the name in field 2 may hold spaces and brackets
 */
function startTimeOf(process: number): string | undefined {
  const stat = read(`/proc/${String(process)}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
