/** Reads objects through one `git cat-file --batch`: asked and answered in order, one blob in memory at a time. */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { MwpipeError } from '../../kernel/error.ts';
import type { GitProcesses } from './git-process.ts';

export interface ReadObject {
  readonly asked: string;
  /** Undefined where the repo has no such blob. */
  readonly data: Buffer | undefined;
}

/** @param names object names as `git rev-parse` takes them (`<oid>`, `<tree>:path`), without newlines */
export async function* readObjects(
  git: GitProcesses,
  mirror: string,
  names: readonly string[],
): AsyncGenerator<ReadObject> {
  if (names.length === 0) return;
  const child = git.start({ args: ['-C', mirror, 'cat-file', '--batch', '--buffer'] });
  child.stderr.resume();
  child.stdin.on('error', () => undefined); // it ended first: the reader finds out
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  try {
    void ask(child.stdin, names);
    const reader = chunkReader(child.stdout);
    for (const asked of names) yield { asked, data: await readOne(reader, asked) };
  } finally {
    child.stdout.destroy();
    child.kill();
    await ended.catch(() => undefined);
  }
}

async function ask(stdin: Writable, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (stdin.destroyed) return;
    if (!stdin.write(`${name}\n`))
      await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]).catch(() => undefined);
  }
  stdin.end();
}

async function readOne(reader: ChunkReader, asked: string): Promise<Buffer | undefined> {
  const header = await reader.line();
  if (header === undefined) throw gitDied(asked);
  if (/ (missing|ambiguous)$/.test(header)) return undefined;
  const [, type, size = ''] = header.split(' ');
  const data = await reader.bytes(Number(size) + 1);
  if (data === undefined) throw gitDied(asked);
  return type === 'blob' ? data.subarray(0, Number(size)) : undefined;
}

function gitDied(asked: string): MwpipeError {
  return new MwpipeError({
    code: 'git/unreadable',
    message: `git ended while it read ${asked}`,
    hint: 'the mirror may be damaged: remove the git folder of the cache, it is fetched anew',
    source: 'outside',
  });
}

interface ChunkReader {
  line(): Promise<string | undefined>;
  bytes(count: number): Promise<Buffer | undefined>;
}

const NEWLINE = 0x0a;

function chunkReader(stream: Readable): ChunkReader {
  const chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<Buffer | undefined> => {
    const next = await chunks.next();
    return next.done === true ? undefined : next.value;
  };
  const bytes = async (count: number): Promise<Buffer | undefined> => {
    const parts = [rest];
    let have = rest.length;
    while (have < count) {
      const chunk = await more();
      if (chunk === undefined) return undefined;
      parts.push(chunk);
      have += chunk.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = all.subarray(count);
    return all.subarray(0, count);
  };
  const line = async (): Promise<string | undefined> => {
    let end = rest.indexOf(NEWLINE);
    while (end < 0) {
      const chunk = await more();
      if (chunk === undefined) return undefined;
      rest = Buffer.concat([rest, chunk]);
      end = rest.indexOf(NEWLINE);
    }
    return (await bytes(end + 1))?.toString('utf8', 0, end);
  };
  return { line, bytes };
}
