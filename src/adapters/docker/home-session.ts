/**
 * A conversation with bundles.php in a target's home container: one exec that stays open, a line of JSON there and one
 * back. A push asks ten times; a new exec, with a new PHP, would cost it some tenths of a second each.
 */
import type { Duplex } from 'node:stream';
import { quote } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { demultiplexer } from './demultiplex.ts';
import { guardEngine, statusOf } from './engine.ts';
import type { ExecTarget } from './exec.ts';

const PROGRAM = '/usr/local/lib/mwpipe/bundles.php';

interface HomeCall {
  readonly argv: readonly string[];
  readonly stdin?: Uint8Array;
}

export interface HomeSession extends AsyncDisposable {
  /** One answer, as JSON; calls are answered in the order in which they are made. @returns fails with `config/host-refused`, `docker/*` */
  call(call: HomeCall, context: Pick<RunContext, 'signal'>): Promise<Outcome<unknown>>;
}

export function homeSession(target: ExecTarget): HomeSession {
  let open: Promise<Outcome<Line>> | undefined;
  const line = async (): Promise<Outcome<Line>> => {
    const known = await open;
    if (known?.ok === true && !known.value.isOver()) return known;
    open = openLine(target);
    return open;
  };
  const say = async (text: string): Promise<Outcome<string | undefined>> => {
    const opened = await line();
    return opened.ok ? ok(await opened.value.ask(text)) : opened;
  };
  return {
    call: async ({ argv, stdin }, { signal }) => {
      signal.throwIfAborted();
      const text = JSON.stringify({
        argv,
        ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin).toString('base64') }),
      });
      const first = await say(text);
      if (!first.ok) return first;
      // All that it does can be done twice: where the line broke, another one is asked.
      const second = first.value === undefined ? await say(text) : first;
      return second.ok ? understood(target.container, second.value) : second;
    },
    [Symbol.asyncDispose]: async () => {
      const known = await open;
      if (known?.ok === true) known.value.close();
    },
  };
}

interface Line {
  /** Undefined where it broke before it answered. */
  ask(text: string): Promise<string | undefined>;
  isOver(): boolean;
  close(): void;
}

/** An attached exec is the socket itself; it keeps Node alive only while an answer is awaited. */
interface AttachedStream extends Duplex {
  ref?(): void;
  unref?(): void;
}

async function openLine({ docker, container }: ExecTarget): Promise<Outcome<Line>> {
  const opened = await guardEngine(async () => {
    try {
      const options = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
      const made = await docker.getContainer(container).exec({ Cmd: ['php', PROGRAM, 'serve'], ...options });
      return ok(lineOver((await made.start({ hijack: true, stdin: true })) as AttachedStream));
    } catch (thrown) {
      const status = statusOf(thrown);
      if (status !== 404 && status !== 409) throw thrown;
      const message = `container ${container} is ${status === 404 ? 'not there' : 'not running'}`;
      return fail({ code: 'docker/no-container', message, hint: 'mwpipe status shows what runs', exit: 'outside' });
    }
  });
  return opened.ok ? opened.value : opened;
}

function lineOver(stream: AttachedStream): Line {
  const waiting: ((answer: string | undefined) => void)[] = [];
  let pending = '';
  let over = false;
  stream.unref?.();
  const take = (text: string): void => {
    pending += text;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      waiting.shift()?.(pending.slice(0, end));
      pending = pending.slice(end + 1);
    }
    if (waiting.length === 0) stream.unref?.();
  };
  const end = (): void => {
    over = true;
    for (const answer of waiting.splice(0)) answer(undefined);
  };
  const frames = demultiplexer({ stdout: take, stderr: () => undefined });
  stream.on('data', (chunk: Buffer) => {
    frames.write(chunk);
  });
  for (const event of ['end', 'close', 'error']) stream.on(event, end);
  return {
    ask: (text) => {
      if (over) return Promise.resolve(undefined);
      stream.ref?.();
      return new Promise((resolve) => {
        waiting.push(resolve);
        stream.write(`${text}\n`);
      });
    },
    isOver: () => over,
    close: () => {
      over = true;
      stream.destroy();
    },
  };
}

function understood(container: string, text: string | undefined): Outcome<unknown> {
  const refused = (message: string): Outcome<never> =>
    fail({
      code: 'config/host-refused',
      message,
      hint: `what is there: docker exec ${container} php ${PROGRAM} list`,
      exit: 'outside',
    });
  if (text === undefined) return refused('the program in the home container ended twice without an answer');
  try {
    const answer = JSON.parse(text) as { readonly problem?: unknown };
    return typeof answer.problem === 'string' ? refused(answer.problem) : ok(answer);
  } catch {
    return refused(`an answer that isn't mwpipe's: ${quote(text.slice(0, 200))}`);
  }
}
