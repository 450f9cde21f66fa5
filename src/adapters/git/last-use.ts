/** When a commit was last used: the time of the note beside its ref, which costs one call of the system to set. */
import { stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Where it says so, the first that is there: a mirror that only borrows keeps no commit, but is used as a whole. */
const PLACES = ['mwpipe', 'mwpipe-trees', 'refs/mwpipe', 'refs/mwpipe-trees'] as const;
const OF_MIRROR = 'HEAD';

/** @param mirrors those that may have it */
export async function touchCommit(mirrors: readonly string[], commit: string, now: number): Promise<void> {
  const time = new Date(now);
  for (const mirror of mirrors) {
    for (const file of [...PLACES.map((place) => join(place, commit)), OF_MIRROR]) {
      if (await touched(join(mirror, file), time)) break;
    }
  }
}

async function touched(file: string, time: Date): Promise<boolean> {
  return utimes(file, time, time).then(
    () => true,
    () => false, // not there, or the cache is somebody else's: then it is as old as it looks
  );
}

/** Milliseconds since 1970. */
export async function lastUseOf(mirror: string, commit: string): Promise<number> {
  const times = await Promise.all(PLACES.map((place) => timeOf(join(mirror, place, commit))));
  return Math.max(0, ...times) || mirrorUse(mirror);
}

/** Of the mirror itself, beside its commits. */
export function mirrorUse(mirror: string): Promise<number> {
  return timeOf(join(mirror, OF_MIRROR));
}

async function timeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
