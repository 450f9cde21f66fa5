/** How far several transfers are together: at most a hundred events, however large they are. */
import type { Digest } from '../../kernel/digest.ts';

interface Sized {
  readonly digest: Digest;
  readonly bytes: number;
}

const STEPS = 100;

/** @returns what is called with how far one has come; less than before where it starts again */
export function progress(
  blobs: readonly Sized[],
  tell: (doneBytes: number, totalBytes: number) => void,
): (blob: Sized, bytes: number) => void {
  const totalBytes = blobs.reduce((total, { bytes }) => total + bytes, 0);
  const at = new Map<Digest, number>();
  let done = 0;
  let told = 0;
  return ({ digest }, bytes) => {
    done += bytes - (at.get(digest) ?? 0);
    at.set(digest, bytes);
    if (done - told < totalBytes / STEPS && done !== totalBytes) return;
    told = done;
    tell(done, totalBytes);
  };
}
