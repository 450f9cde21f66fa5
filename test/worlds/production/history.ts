/** Where a generated repo's branches stand, by its name alone: most have every branch, some lack one, so that a policy falls back. */
import { createHash } from 'node:crypto';
import { productionRepos } from './repos.ts';

const TRAINS = ['1.43.0-wmf.1', '1.43.0-wmf.2'] as const;

/** What is committed when: 1 is the import, 2 the week of the second train, 3 what only master has. */
type Week = 1 | 2 | 3;

interface GeneratedHistory {
  readonly weeks: readonly Week[];
  /** `refs/heads/...` to the week whose commit it names. */
  readonly branches: Readonly<Record<string, Week>>;
  /** Annotated. */
  readonly tag: string | undefined;
}

export function generatedHistory(name: string): GeneratedHistory {
  const number = createHash('sha256').update(name).digest().readUInt32BE(0);
  const second: Week = number % 4 === 0 ? 2 : 1;
  const last: Week = number % 3 === 0 ? 3 : second;
  const young = number % 29 === 0; // began after the release was cut
  const branches: [string, Week][] = [
    ['refs/heads/master', last],
    ...(young ? [] : [['refs/heads/REL1_43', second] as [string, Week]]),
    ...(young || number % 17 === 0 ? [] : [[`refs/heads/wmf/${TRAINS[0]}`, 1] as [string, Week]]),
    ...(young || number % 19 === 0 ? [] : [[`refs/heads/wmf/${TRAINS[1]}`, second] as [string, Week]]),
  ];
  const weeks = ([1, 2, 3] as const).filter((week) => week === 1 || week === second || week === last);
  return { weeks, branches: Object.fromEntries(branches), tag: number % 5 === 0 ? '1.43.0' : undefined };
}

/** Which repos lack a branch, by name: what a policy must fall back for. */
export function reposWithout(branch: string): readonly string[] {
  return productionRepos()
    .filter(({ real, name }) => !real && generatedHistory(name).branches[`refs/heads/${branch}`] === undefined)
    .map(({ name }) => name);
}
