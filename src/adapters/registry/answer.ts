/** One request and its answer, under a deadline on silence: a server that neither takes nor gives a byte is left. */
import { messageOf } from '../../kernel/error.ts';

export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Uint8Array> | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body where it isn't longer than `most`, else its beginning. Never fails: what can't be read is left out. */
  text(most?: number): Promise<string>;
  /** The whole body. Throws `Silence`, and what broke the connection. */
  bytes(): AsyncGenerator<Uint8Array>;
  /** Gives the connection back. */
  discard(): Promise<void>;
}

export class Silence extends Error {
  override readonly name = 'Silence';
}

/** Elsewhere, and what was being sent can't be sent twice. */
export class Redirected extends Error {
  override readonly name = 'Redirected';
}

export interface Patience {
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** Throws `Silence`, `Redirected`, the signal's reason, or fetch's error. Redirects are answers: whoever asks decides. */
export async function exchange(wanted: Exchange, patience: Patience): Promise<Answer> {
  const watch = watchSilence(patience);
  try {
    const { method, url, headers, body } = wanted;
    const sent = body === undefined ? {} : Buffer.isBuffer(body) ? { body } : streamed(watch.over(body));
    const response = await fetch(url, {
      method,
      headers: { 'user-agent': 'mwpipe', 'accept-encoding': 'identity', ...headers },
      redirect: 'manual',
      signal: watch.signal,
      ...sent,
    });
    watch.touch();
    return answerOf(response, watch);
  } catch (thrown) {
    watch.end();
    if (thrown instanceof TypeError && messageOf(thrown.cause) === 'unexpected redirect') throw new Redirected();
    throw watch.reasonFor(thrown);
  }
}

/**
 * A body that isn't kept: fetch holds a copy of all of it for a redirect, unless it is told that none is followed and that
 * nobody's window asks. It copies each chunk of an iterable too, not those of a stream.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 8.2
 */
function streamed(source: AsyncGenerator<Uint8Array>) {
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const next = await source.next();
    if (next.done === true) controller.close();
    else controller.enqueue(next.value);
  };
  const cancel = async (): Promise<void> => {
    await source.return(undefined);
  };
  const body = new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 });
  return { body, duplex: 'half', redirect: 'error', window: null } as const;
}

function answerOf(response: Response, watch: Watch): Answer {
  const { status, headers, body } = response;
  if (body === null) watch.end();
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      if (body !== null) yield* watch.over(body as AsyncIterable<Uint8Array>);
    } catch (thrown) {
      throw watch.reasonFor(thrown);
    } finally {
      watch.end();
    }
  }
  return {
    status,
    headers,
    bytes,
    text: (most = 64 * 1024) => readText(bytes(), most),
    discard: async () => {
      watch.end();
      await body?.cancel().catch(() => undefined);
    },
  };
}

async function readText(bytes: AsyncGenerator<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of bytes) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) break;
    }
  } catch {
    // what came is all that there is
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, most);
}

interface Watch {
  readonly signal: AbortSignal;
  touch(): void;
  end(): void;
  over(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
  /** What really happened: a silent server and an interrupted run both look like a fetch that was aborted. */
  reasonFor(thrown: unknown): unknown;
}

function watchSilence({ silenceMs, signal }: Patience): Watch {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Silence(`no byte in ${silenceMs} ms`)), silenceMs);
  async function* over(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      timer.refresh();
      yield chunk;
    }
  }
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    touch: () => void timer.refresh(),
    end: () => clearTimeout(timer),
    over,
    reasonFor: (thrown) => {
      if (signal.aborted) return signal.reason as unknown;
      return controller.signal.aborted ? (controller.signal.reason as unknown) : thrown;
    },
  };
}
