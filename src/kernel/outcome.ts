/** What can be expected to fail is a value: an outcome holds the result, or every diagnostic that stands in its way. */
import type { Diagnostic } from './diagnostic.ts';

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Failed {
  readonly ok: false;
  readonly diagnostics: readonly [Diagnostic, ...Diagnostic[]];
}
export type Outcome<T> = Ok<T> | Failed;

export function ok(): Ok<void>;
export function ok<T>(value: T): Ok<T>;
export function ok(value?: unknown): Ok<unknown> {
  return { ok: true, value };
}

export function fail(first: Diagnostic, ...others: readonly Diagnostic[]): Failed {
  return { ok: false, diagnostics: [first, ...others] };
}

/** Ok with `value` where nothing was collected, else all that was: a reader is shown every mistake at once. */
export function settle<T>(value: T, diagnostics: readonly Diagnostic[]): Outcome<T> {
  const [first, ...others] = diagnostics;
  return first === undefined ? ok(value) : fail(first, ...others);
}

/** All values in order, or the diagnostics of all that failed. */
export function all<T>(outcomes: readonly Outcome<T>[]): Outcome<T[]> {
  const values = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return settle(
    values,
    outcomes.flatMap((outcome) => (outcome.ok ? [] : outcome.diagnostics)),
  );
}
