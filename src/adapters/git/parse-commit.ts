/** A commit object: headers, an empty line, the message. */
import type { Commit } from '../../resolve/ports.ts';

/** Undefined where it is none that git would have written. */
export function parseCommit(data: Buffer): Commit | undefined {
  const end = data.indexOf('\n\n');
  const headers = data.toString('utf8', 0, end < 0 ? data.length : end).split('\n');
  const first = (name: string): string | undefined =>
    headers.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const tree = first('tree');
  const [authored, committed] = [timeOf(first('author')), timeOf(first('committer'))];
  if (tree === undefined || authored === undefined || committed === undefined) return undefined;
  const message = end < 0 ? '' : textOf(data.subarray(end + 2), first('encoding'));
  const parents = headers.filter((line) => line.startsWith('parent ')).map((line) => line.slice('parent '.length));
  return { tree, parents, subject: subjectOf(message), message, authored, committed };
}

/** What a commit (`tree`) or an annotated tag (`object`) stands for: its first line. */
export function pointerOf(data: Buffer): string {
  const found = /^(?:tree|object) ([0-9a-f]+)\n/.exec(data.toString('latin1', 0, 80))?.[1];
  if (found === undefined) throw new Error('a commit without a tree, or a tag of nothing');
  return found;
}

/** `A Developer <a@b.example> 1728259200 +0200`: seconds since 1970, whatever the zone. */
function timeOf(person: string | undefined): number | undefined {
  const seconds = / (-?\d+) [+-]\d{4}$/.exec(person ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** The first paragraph on one line, as `git log --format=%s`. */
function subjectOf(message: string): string {
  const [paragraph = ''] = message.replace(/^\s*\n/, '').split(/\n[ \t]*\n/);
  return paragraph.trim().replaceAll(/\s*\n\s*/g, ' ');
}

function textOf(bytes: Buffer, encoding = 'utf-8'): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return bytes.toString('utf8'); // an encoding that nobody knows
  }
}
