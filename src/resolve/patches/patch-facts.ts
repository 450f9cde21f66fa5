/**
 * What planning knows of changes, as plain data, and what it still has to know: the planner names its needs, the reader
 * fetches them, until there are none. So it is decided in one place which facts matter, and that place is pure.
 */
import type { Change, RelatedChange } from '../ports.ts';
import type { ReviewedComponent } from './change-repos.ts';

export interface WantedChange {
  readonly gerrit: string;
  readonly number: number;
  readonly patchset?: number;
}

export interface PatchFacts {
  /** The set's name. */
  readonly set: string;
  readonly components: readonly ReviewedComponent[];
  readonly asked: readonly WantedChange[];
  /** By `changeKey`. */
  readonly changes: Readonly<Record<string, Change>>;
  /** By `idKey`. */
  readonly ids: Readonly<Record<string, readonly Change[]>>;
  /** By `chainKey`. */
  readonly chains: Readonly<Record<string, readonly RelatedChange[]>>;
  /** Of merged changes, by `changeKey` without patchset. */
  readonly included: Readonly<Record<string, Included>>;
}

interface Included {
  readonly branches: readonly string[];
  readonly tags: readonly string[];
}

export type Need =
  | { readonly fact: 'change'; readonly wanted: WantedChange; readonly because: string }
  | { readonly fact: 'id'; readonly gerrit: string; readonly id: string; readonly because: string }
  | { readonly fact: 'chain'; readonly gerrit: string; readonly change: Change }
  | { readonly fact: 'included'; readonly gerrit: string; readonly change: Change };

export const changeKey = ({ gerrit, number, patchset }: WantedChange): string =>
  `${gerrit} ${number}${patchset === undefined ? '' : `/${patchset}`}`;
export const idKey = (gerrit: string, id: string): string => `${gerrit} ${id}`;
export const chainKey = (gerrit: string, commit: string): string => `${gerrit} ${commit}`;

/** `1099123/3`, as people and notes name it. */
export const shownChange = ({ number, patchset }: Pick<Change, 'number' | 'patchset'>): string =>
  `${number}/${patchset}`;
