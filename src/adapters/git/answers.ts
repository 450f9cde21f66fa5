/** What `git cat-file` prints, chunk by chunk, as answers in the order asked; a body that is too big is let go by. */

export interface Question {
  readonly command: 'info' | 'contents';
  readonly oid: string;
  /** Bytes that `contents` may have; the data of a bigger object is dropped as it comes. */
  readonly most: number;
}

export interface FoundObject {
  readonly type: string;
  readonly bytes: number;
  /** Undefined for `info`, and for what is bigger than `most`. A small one may keep 64 kB of others alive with it. */
  readonly data: Buffer | undefined;
}

interface Body {
  readonly found: Omit<FoundObject, 'data'>;
  readonly kept: boolean;
  data: Buffer | undefined;
  /** What is still to come, with the newline after it. */
  left: number;
}

export interface AnswerParser {
  /** @param take is given each whole answer; undefined where there is no such object */
  feed(chunk: Buffer, take: (answer: FoundObject | undefined) => void): void;
}

const NEWLINE = 0x0a;

/** @param first the question whose answer comes next; throws where what comes is no answer to it */
export function answerParser(first: () => Question | undefined): AnswerParser {
  let begun = '';
  let body: Body | undefined;
  const feed: AnswerParser['feed'] = (chunk, take) => {
    let at = 0;
    while (at < chunk.length) {
      if (body === undefined) {
        const end = chunk.indexOf(NEWLINE, at);
        begun += chunk.toString('latin1', at, end < 0 ? chunk.length : end);
        if (end < 0) return;
        at = end + 1;
        const header = readHeader(begun, first());
        begun = '';
        if (header === undefined) take(undefined);
        else if (header.left === 0) take({ ...header.found, data: undefined });
        else body = header;
      } else {
        at += takeIn(body, chunk, at);
        if (body.left > 0) return;
        const { found, data } = body;
        body = undefined;
        take({ ...found, data });
      }
    }
  };
  return { feed };
}

/** `<oid> blob 12`, or `<oid> missing`. */
function readHeader(line: string, question: Question | undefined): Body | undefined {
  const [oid, type = '', size = ''] = line.split(' ');
  if (question === undefined || oid !== question.oid) {
    throw new Error(`git cat-file said ${JSON.stringify(line)} where ${question?.oid ?? 'nothing'} was asked`);
  }
  if (size === '') return undefined;
  const found = { type, bytes: Number(size) };
  if (question.command === 'info') return { found, kept: false, data: undefined, left: 0 };
  return { found, kept: found.bytes <= question.most, data: undefined, left: found.bytes + 1 };
}

/**
 * A body that came whole is a view of its chunk: copying them all would cost as much as git does to read them.
 * @returns how much of the chunk was the body's
 */
function takeIn(body: Body, chunk: Buffer, at: number): number {
  const { left, kept, found } = body;
  const taken = Math.min(left, chunk.length - at);
  body.left -= taken;
  if (!kept) return taken;
  if (taken > found.bytes) body.data = chunk.subarray(at, at + found.bytes);
  else {
    body.data ??= Buffer.allocUnsafe(found.bytes);
    body.data.set(chunk.subarray(at, Math.min(at + taken, at + left - 1)), found.bytes + 1 - left);
  }
  return taken;
}
