/** The version folders of a patch tree, ordered as releases are: wmf.9 before wmf.10, 1.43.0-wmf.30 before 1.43.0-rc.0. */

const STAGES = ['alpha', 'beta', 'wmf', 'rc', ''] as const;
const VERSION = /^(\d{1,9}(?:\.\d{1,9})+)(?:-(alpha|beta|wmf|rc)(?:\.(\d{1,9}))?)?$/;

/** Folders that are a state of the code, not a release; taken only where they are named. */
const NAMED: readonly string[] = ['next', 'master', 'branch_cut_pretest'];

export function isVersion(name: string): boolean {
  return VERSION.test(name);
}

/** Whether a folder on top of a patch tree holds patches. */
export function isVersionFolder(name: string): boolean {
  return isVersion(name) || NAMED.includes(name);
}

/** Undefined where none of them is a version. */
export function newestVersion(names: readonly string[]): string | undefined {
  return names.filter(isVersion).sort(compareVersions).at(-1);
}

/** Below 0 where `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.stage - right.stage || left.count - right.count;
}

function rank(version: string): {
  readonly numbers: readonly number[];
  readonly stage: number;
  readonly count: number;
} {
  const [, numbers = '', stage = '', count = '0'] = VERSION.exec(version) ?? [];
  const at = STAGES.findIndex((name) => name === stage);
  return { numbers: numbers.split('.').map(Number), stage: at, count: Number(count) };
}
