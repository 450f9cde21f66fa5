/**
 * One running `git cat-file` that answers for as long as it is asked. Questions of one turn of the event loop go out
 * together with one `flush`, so that git and Node switch once for hundreds of them; answers come in the order asked.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { messageOf } from '../../kernel/error.ts';
import { answerParser, type FoundObject, type Question } from './answers.ts';

export interface Asked extends Question {
  readonly answer: (found: FoundObject | undefined) => void;
}

/** How it ended. */
export interface Died<Q extends Asked> {
  /** In the order asked: the first is the one that git was busy with. */
  readonly unanswered: readonly Q[];
  readonly code: number;
  readonly said: string;
}

export interface CatFile<Q extends Asked> {
  /** False once it was told to end or died: asked all the same, the question comes back as unanswered. */
  readonly open: () => boolean;
  readonly answered: () => boolean;
  ask(question: Q): void;
  /** Answers what it was asked, then ends. */
  end(): void;
  readonly closed: Promise<void>;
}

/** `command` understands both questions; older gits than 2.36 need a process each. */
export type Dialect = 'command' | 'info' | 'contents';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Unasked for so long, it ends by itself: nobody has to remember to close it. */
const IDLE_MS = 10_000;

export function talkTo<Q extends Asked>(child: Child, dialect: Dialect, died: (how: Died<Q>) => void): CatFile<Q> {
  const waiting = questionQueue<Q>();
  let open = true;
  let answered = false;
  const end = (): void => {
    open = false;
    clearTimeout(idle);
    hold(child, true); // it ends at once, and whoever waits for that is kept alive
    send.now();
    child.stdin.end();
  };
  const idle = setTimeout(() => {
    if (waiting.first() === undefined) end();
  }, IDLE_MS).unref();
  const send = sender(child.stdin, dialect);
  const ask = (question: Q): void => {
    if (waiting.first() === undefined) hold(child, true);
    waiting.add(question);
    send.soon(question);
  };
  const parser = answerParser(waiting.first);
  const take = (found: FoundObject | undefined): void => {
    answered = true;
    waiting.take()?.answer(found);
    if (waiting.first() !== undefined || !open) return;
    hold(child, false);
    idle.refresh();
  };
  const closed = watch(child, (chunk) => parser.feed(chunk, take)).then(({ code, said }) => {
    open = false;
    clearTimeout(idle);
    died({ unanswered: waiting.rest(), code, said });
  });
  hold(child, false);
  return { open: () => open, answered: () => answered, ask, end, closed };
}

const SAID_MOST = 4_096;

/** Reads it to its end; one whose answers make no sense is ended. */
function watch(child: Child, feed: (chunk: Buffer) => void): Promise<{ code: number; said: string }> {
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      feed(chunk);
    } catch (thrown) {
      said = messageOf(thrown);
      child.stdout.removeAllListeners('data').resume();
      child.kill();
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-SAID_MOST)));
  child.stdin.on('error', () => undefined); // it ended first: `close` tells
  child.on('error', (error) => (said = error.message));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 143, said })));
}

/** Unasked, it doesn't keep this program alive: when we exit, its input closes, and git ends too. */
function hold(child: Child, busy: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr] as readonly Partial<NodeJS.RefCounted>[]) {
    if (busy) handle.ref?.();
    else handle.unref?.();
  }
}

interface Sender {
  soon(question: Question): void;
  now(): void;
}

function sender(stdin: Writable, dialect: Dialect): Sender {
  let unsent: string[] = [];
  const now = (): void => {
    if (unsent.length === 0) return;
    if (dialect === 'command') unsent.push('flush\n');
    stdin.write(unsent.join(''), 'latin1');
    unsent = [];
  };
  const soon = ({ command, oid }: Question): void => {
    if (unsent.length === 0) setImmediate(now);
    unsent.push(dialect === 'command' ? `${command} ${oid}\n` : `${oid}\n`);
  };
  return { soon, now };
}

interface QuestionQueue<Q> {
  readonly first: () => Q | undefined;
  add(question: Q): void;
  take(): Q | undefined;
  rest(): readonly Q[];
}

/** First in, first out, without moving thousands of others for each. */
function questionQueue<Q>(): QuestionQueue<Q> {
  let questions: Q[] = [];
  let next = 0;
  return {
    first: () => questions[next],
    add: (question) => void questions.push(question),
    take: () => {
      const taken = questions[next];
      next += 1;
      if (next >= 1024 && next * 2 > questions.length) {
        questions = questions.slice(next);
        next = 0;
      }
      return taken;
    },
    rest: () => questions.slice(next),
  };
}
