/** One request and its answer, under a deadline on silence: a server that neither takes nor gives a byte is left. */

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

export interface Patience {
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** Throws `Silence`, the signal's reason, or fetch's error. Redirects are answers: whoever asks decides. */
export async function exchange(wanted: Exchange, patience: Patience): Promise<Answer> {
  const watch = watchSilence(patience);
  try {
    const { method, url, headers, body } = wanted;
    const sent = body === undefined || Buffer.isBuffer(body) ? body : watch.over(body);
    const response = await fetch(url, {
      method,
      headers: { 'user-agent': 'mwpipe', 'accept-encoding': 'identity', ...headers },
      redirect: 'manual',
      signal: watch.signal,
      ...(sent === undefined ? {} : { body: sent, duplex: 'half' as const }),
    });
    watch.touch();
    return answerOf(response, watch);
  } catch (thrown) {
    watch.end();
    throw watch.reasonFor(thrown);
  }
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
