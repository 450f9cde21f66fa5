/**
 * In which order several runtimes are built: side by side, unless one makes a stage that another needs. Two builds of one
 * stage at once would give two layers where one is shared.
 */

export interface MatrixItem {
  /** `php82/web` */
  readonly runtime: string;
  /** Those that it is made of; the same word is the same stage. */
  readonly stages: readonly string[];
}

export interface MatrixStep {
  readonly runtime: string;
  /** What has to have ended, well or not. */
  readonly after: readonly string[];
  readonly because: string;
}

/** Items in, steps out, smallest first: what comes after others stands below them in the list. */
export function planMatrix(items: readonly MatrixItem[]): readonly MatrixStep[] {
  const ordered = items.toSorted((a, b) => a.stages.length - b.stages.length || (a.runtime < b.runtime ? -1 : 1));
  return ordered.map((item, index) => {
    const earlier = ordered.slice(0, index);
    const after = earlier.filter((other, at) => makesForMe(item, other, earlier.slice(0, at)));
    const because =
      after.length === 0 ? 'it shares no stage' : `it shares stages with ${after.map((one) => one.runtime).join(', ')}`;
    return { runtime: item.runtime, after: after.map((one) => one.runtime), because };
  });
}

/** `true` where both are made of a stage that no smaller one gives to both. */
function makesForMe(item: MatrixItem, other: MatrixItem, smaller: readonly MatrixItem[]): boolean {
  const shared = item.stages.filter((stage) => other.stages.includes(stage));
  if (shared.length === 0) return false;
  return !smaller.some((one) => shared.every((stage) => one.stages.includes(stage)));
}
