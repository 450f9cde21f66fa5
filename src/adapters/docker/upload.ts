/**
 * Sends an archive to the engine and reads the messages that it answers with. The engine says 200 first and what went
 * wrong later, in the stream: a reader that looks at the status alone calls a failed build a success.
 */
import { Readable } from 'node:stream';
import { messageOf } from '../../kernel/error.ts';
import { statusOf } from './engine.ts';

export interface EngineMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: { readonly ID?: string };
}

/** What the engine reported as failed, by its status or in its stream, in its own words. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';
}

export interface Upload {
  readonly body: AsyncIterable<Buffer>;
  readonly send: (body: Readable, abortSignal: AbortSignal) => Promise<NodeJS.ReadableStream>;
  readonly onMessage: (message: EngineMessage) => void;
  readonly signal: AbortSignal;
}

/** Throws `EngineRefusal` for an error in the stream; what the body throws; and the signal's reason when aborted. */
export async function upload({ body, send, onMessage, signal }: Upload): Promise<void> {
  const stop = new AbortController();
  const source = Readable.from(body, { objectMode: false });
  let broken: Error | undefined;
  // A body that breaks off must take the request with it: piped streams don't do that by themselves.
  source.on('error', (error) => {
    broken = error;
    stop.abort(error);
  });
  try {
    const answer = await send(source, AbortSignal.any([signal, stop.signal]));
    for await (const message of messages(answer)) {
      onMessage(message);
      const refusal = message.errorDetail?.message ?? message.error;
      if (refusal !== undefined) throw new EngineRefusal(refusal.trim());
    }
  } catch (thrown) {
    signal.throwIfAborted();
    if (broken === undefined && statusOf(thrown) !== undefined) throw new EngineRefusal(messageOf(thrown));
    throw broken ?? thrown;
  } finally {
    source.destroy();
  }
}

async function* messages(answer: NodeJS.ReadableStream): AsyncGenerator<EngineMessage> {
  let rest = '';
  for await (const chunk of answer) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield parse(line);
  }
  if (rest.trim() !== '') yield parse(rest);
}

function parse(line: string): EngineMessage {
  try {
    return JSON.parse(line) as EngineMessage;
  } catch (cause) {
    throw new Error(`the engine answered with what is no JSON: ${messageOf(cause)}`, { cause });
  }
}
