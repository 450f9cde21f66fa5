/** While embargoed patches are handled, whatever breaks says where it broke, and no word of what it was about. */
import { messageOf, MwpipeError } from '../../kernel/error.ts';

/** Ours and the interrupt's pass; a bug is thrown anew, without its message and its cause. */
export async function keepPrivate<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof MwpipeError && thrown.source !== 'bug') throw thrown;
    throw new MwpipeError({
      code: 'security/bug',
      message: `something broke while private patches were handled (${kindOf(thrown)}); what it said may quote them, so only its place is told:${placesOf(thrown)}`,
      source: 'bug',
    });
  }
}

function kindOf(thrown: unknown): string {
  return thrown instanceof TypeError ? 'TypeError' : thrown instanceof RangeError ? 'RangeError' : 'Error';
}

/** Our own files and lines in the stack, below the message. */
function placesOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return ' unknown';
  const below = (thrown.stack ?? '').split(messageOf(thrown)).at(-1) ?? '';
  const places = [...below.matchAll(/^ {4}at .*?\b((?:src|dist)\/[\w/-]+\.(?:ts|js):\d+:\d+)\)?$/gm)];
  return places.map(([, place = '']) => `\n  at ${place}`).join('') || ' unknown';
}
