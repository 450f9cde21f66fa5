/** Who listens on a TCP port of this machine: read from /proc, as far as this user may see. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTENING = '0A';

/** @returns `nginx (process 812)`; undefined where it can't be told */
export function portHolder(port: number): string | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => inodesOf(table, port));
  if (inodes.length === 0) return undefined;
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const pid = attempt(() => readdirSync('/proc'), []).find((name) => /^\d+$/.test(name) && holds(name, sockets));
  if (pid === undefined) return undefined;
  const name = attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), 'a program');
  return `${name} (process ${pid})`;
}

/** @see proc(5), /proc/net/tcp: local address and port in hex, state, ..., inode */
function inodesOf(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return attempt(() => readFileSync(table, 'utf8').split('\n'), []).flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const listens = fields[3] === LISTENING && fields[1]?.endsWith(`:${wanted}`) === true;
    return listens && fields[9] !== undefined ? [fields[9]] : [];
  });
}

function holds(pid: string, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).some((fd) =>
    sockets.has(attempt(() => readlinkSync(`${folder}/${fd}`), '')),
  );
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
