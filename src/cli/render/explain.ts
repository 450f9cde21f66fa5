/** `mwpipe test explain`: the way from a changed line to a test, one link a line. */
import { placeOf } from '../../kernel/component-place.ts';
import { quote } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { BecauseStep, KnownTest, PlannedTest } from '../../test/index.ts';
import type { Shown } from '../run.ts';

/** @param wanted a class, its last part, or (the end of) a file's path */
export function findTest({ tests }: PlannedTest, wanted: string): Outcome<KnownTest> {
  const name = wanted.replace(/::.*$/, '').replace(/^\\/, '');
  const found =
    tests.find((test) => test.class === name) ??
    tests.find((test) => lastPart(test.class) === name) ??
    tests.find((test) => `/${placeOf(test.component, test.file)}`.endsWith(`/${name.replace(/^\.?\//, '')}`));
  if (found !== undefined) return ok(found);
  const near = nearest(
    name,
    tests.map((test) => lastPart(test.class)),
  );
  return fail({
    code: 'test/unknown-test',
    message: `no test class ${quote(wanted)} in the set`,
    hint: near === undefined ? 'mwpipe test --all --dry-run lists them' : `did you mean ${near}?`,
  });
}

export function explanation({ plan, patch }: PlannedTest, test: KnownTest): Shown {
  const selected = plan.selected.find(({ component, file }) => component === test.component && file === test.file);
  const place = placeOf(test.component, test.file);
  if (selected === undefined) {
    const why = `nothing that changed in ${patch.component.name} leads to it`;
    return { text: `${test.class} is not selected: ${why}\n  ${place}`, json: { test, selected: false, because: [] } };
  }
  const steps = selected.because.map(
    (step, index) => `  ${'  '.repeat(index)}${index === 0 ? '' : '└ '}${stepText(step)}`,
  );
  const text = [`${test.class} is selected`, `  ${place}`, '', ...steps].join('\n');
  return { text, json: { test, selected: true, because: selected.because } };
}

function stepText({ what, how, at }: BecauseStep): string {
  return `${what} ${how}${at === undefined ? '' : `   ${at}`}`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1);
}
