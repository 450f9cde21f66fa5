/** The way from a changed line to a test, one link after the other. */
import type { Wide } from './seeds.ts';
import type { Affected } from './spread.ts';

/** One link of the way. */
export interface BecauseStep {
  readonly what: string;
  /** `extensions/Cite/src/ReferenceStack.php:88` */
  readonly at?: string;
  readonly how: string;
}

export function pathTo(affected: Affected): BecauseStep[] {
  const steps: BecauseStep[] = [];
  for (let here: Affected | undefined = affected; here !== undefined; here = here.from) {
    steps.unshift(step(here.unit, here.how));
  }
  return steps;
}

export function step(unit: Affected['unit'], how: string): BecauseStep {
  const name = unit.owner === '' ? unit.name : unit.name === '' ? unit.owner : `${unit.owner}::${unit.name}`;
  const at = `${unit.component.path}/${unit.file.path}:${String(unit.from)}`;
  return { what: name === '' ? unit.file.path : name, at, how };
}

export function wideStep(wide: Wide): BecauseStep {
  return { what: wide.path, how: wide.because };
}
