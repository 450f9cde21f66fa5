/** JUnit XML as PHPUnit writes it when a run ends: how many tests each class had. */
import { SaxesParser } from 'saxes';

export interface JunitTotals {
  readonly tests: number;
  readonly assertions: number;
  readonly failed: number;
  readonly skipped: number;
  /** Tests by class. */
  readonly classes: ReadonlyMap<string, number>;
}

/** Undefined where the document is cut short or isn't XML: the run died before its end. */
export function readJunit(xml: string): JunitTotals | undefined {
  const parser = new SaxesParser();
  const classes = new Map<string, number>();
  const totals = { tests: 0, assertions: 0, failed: 0, skipped: 0 };
  let broken = xml.trim() === '';
  parser.on('error', () => {
    broken = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testcase') {
      const className = attributes['class'] ?? '';
      classes.set(className, (classes.get(className) ?? 0) + 1);
      totals.tests += 1;
      totals.assertions += Number(attributes['assertions'] ?? 0);
    } else if (name === 'failure' || name === 'error') totals.failed += 1;
    else if (name === 'skipped') totals.skipped += 1;
  });
  parser.write(xml);
  if (!broken) parser.close();
  return broken ? undefined : { ...totals, classes };
}
