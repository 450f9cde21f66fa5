/** What a change of a made-up review server is, however it is served: numbers, Change-Ids, messages with footers. */
import { createHash } from 'node:crypto';
import type { Change } from '../../src/resolve/ports.ts';
import type { WorldFiles } from './git.ts';

export interface ChangeOptions {
  readonly files?: WorldFiles;
  /** The one that it is built on. @default the tip of its branch */
  readonly parent?: MadeChange;
  /** In the footers: changes by their Change-Id, text as it is. */
  readonly dependsOn?: readonly (MadeChange | string)[];
  /** @default 'master' */
  readonly branch?: string;
  /** MERGED: the branch has it. @default 'NEW' */
  readonly status?: Change['status'];
  readonly subject?: string;
  /** Its Change-Id, where another branch has one of the same. */
  readonly id?: string;
  readonly visibility?: 'private' | 'work-in-progress';
}

export interface MadeChange extends Change {
  /** As the world names it: `core`, `extensions/Echo`. */
  readonly repo: string;
}

/** The world behind the suite of `Reviews`: a real small Gerrit, or a fake. */
export interface ReviewWorld {
  readonly gerrit: string;
  change(repo: string, options?: ChangeOptions): Promise<MadeChange>;
  /** A new patchset of it, on the same parent. */
  amend(
    change: MadeChange,
    options: Pick<ChangeOptions, 'files' | 'dependsOn' | 'subject' | 'parent'>,
  ): Promise<MadeChange>;
}

export function changeIdOf(number: number): string {
  return `I${createHash('sha1').update(`change ${number}`).digest('hex')}`;
}

export function refOf(number: number, patchset: number): string {
  return `refs/changes/${String(number % 100).padStart(2, '0')}/${number}/${patchset}`;
}

export function messageOf(number: number, id: string, options: ChangeOptions): string {
  const depends = (options.dependsOn ?? []).map((one) => `Depends-On: ${typeof one === 'string' ? one : one.id}\n`);
  return `${subjectOf(number, options)}\n\n${depends.join('')}Change-Id: ${id}\n`;
}

export function subjectOf(number: number, { subject }: ChangeOptions): string {
  return subject ?? `Change ${number}`;
}

/** As the port gives it. */
export function withoutRepo(change: MadeChange): Change {
  const { number, id, project, branch, status, patchset, newest, commit, ref, subject, message, parents } = change;
  const { visibility } = change;
  return {
    ...{ number, id, project, branch, status, patchset, newest, commit, ref, subject, message, parents },
    ...(visibility === undefined ? {} : { visibility }),
  };
}
