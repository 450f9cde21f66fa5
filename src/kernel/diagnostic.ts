/** A diagnostic says what is wrong, where it was typed, and what to do now. */
import type { Secret } from './secret.ts';

/** A place in a file that somebody wrote. Lines and columns count from 1; `length` in UTF-16 units on that line. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/**
 * Who has to act, and so the exit code: `failed` the thing checked (1), `input` the user (2), `outside` an outside
 * system (3), `refused` policy or a lock (4).
 */
export type ExitClass = 'failed' | 'input' | 'outside' | 'refused';

export interface Diagnostic {
  /** Stable, `step/what-happened`: people search for it. */
  readonly code: `${string}/${string}`;
  /** What is wrong, with the wrong value. */
  readonly message: string;
  /** What to do now. */
  readonly hint?: string;
  readonly at?: SourceRange;
  /** @default 'input' */
  readonly exit?: ExitClass;
  /** `private`: names an embargoed patch; public renderers show the code only. @default 'public' */
  readonly visibility?: 'public' | 'private';
  /** Which file of an embargoed patch, or what git said of it: shown by `--reveal` alone. */
  readonly secret?: Secret<string>;
}

/** JSON leaves these as they are; terminals obey them: more control characters, and what turns the direction of writing. */
const OBEYED = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** `"Echoo"`, as messages show a wrong value: quoted, and cut where it is huge or hides control characters. */
export function quote(value: string): string {
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  return shown.replaceAll(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
