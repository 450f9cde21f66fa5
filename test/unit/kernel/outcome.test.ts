import { expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/kernel/diagnostic.ts';
import { all, fail, ok, settle } from '../../../src/kernel/outcome.ts';

const gone: Diagnostic = { code: 'x/gone', message: 'gone' };
const late: Diagnostic = { code: 'x/late', message: 'late' };

it('is the value where nothing stands in its way, else everything that does', () => {
  expect(settle('value', [])).toEqual(ok('value'));
  expect(settle('value', [gone, late])).toEqual(fail(gone, late));
});

it('gives all values in order', () => {
  expect(all([ok(1), ok(2)])).toEqual(ok([1, 2]));
  expect(all([])).toEqual(ok([]));
});

it('collects the diagnostics of all that failed, so that a reader sees them at once', () => {
  expect(all([fail(gone), ok(2), fail(late, gone)])).toEqual(fail(gone, late, gone));
});

it('is done with no value', () => {
  expect(ok()).toEqual({ ok: true, value: undefined });
});
