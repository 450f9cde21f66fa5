/**
 * Splits the engine's multiplexed stream into stdout and stderr text. A frame is 8 bytes of header (stream number,
 * three zeros, length as big-endian 32 bit) and its payload; frames and UTF-8 characters may be cut anywhere.
 * @see Docker Engine API, "Attach to a container", stream format
 */
import { StringDecoder } from 'node:string_decoder';
import type { OutputSink } from '../../kernel/runner.ts';

const HEADER_BYTES = 8;

/** Feed it chunks as they come, then end it. */
export function demultiplexer(sink: OutputSink): { write(chunk: Buffer): void; end(): void } {
  let pending: Buffer = Buffer.alloc(0);
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const pass = (stream: 'stdout' | 'stderr', text: string): void => {
    if (text !== '') sink[stream](text);
  };
  return {
    write(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (pending.length >= HEADER_BYTES) {
        const end = HEADER_BYTES + pending.readUInt32BE(4);
        if (pending.length < end) return;
        const stream = pending[0] === 2 ? 'stderr' : 'stdout';
        pass(stream, decoders[stream].write(pending.subarray(HEADER_BYTES, end)));
        pending = pending.subarray(end);
      }
    },
    end() {
      pass('stdout', decoders.stdout.end());
      pass('stderr', decoders.stderr.end());
    },
  };
}

/** A sink that keeps everything, for short outputs. */
export function collector(): OutputSink & { readonly text: { stdout: string; stderr: string } } {
  const text = { stdout: '', stderr: '' };
  return {
    text,
    stdout: (chunk) => {
      text.stdout += chunk;
    },
    stderr: (chunk) => {
      text.stderr += chunk;
    },
  };
}
