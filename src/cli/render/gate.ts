/** How a gate stands: what failed, what was taken over, and whether the set may go on. */
import { placeOf } from '../../kernel/component-place.ts';
import type { GateReport, PlannedGate } from '../../test/index.ts';
import type { Shown } from '../run.ts';
import { reportLines } from './test.ts';
import { duration } from './units.ts';

/** What a run gives: its plan, and its report unless only the plan was asked for. */
export interface Gated {
  readonly planned: PlannedGate;
  readonly report?: GateReport;
}

const MOST_SHOWN = 20;

export function showGate({ planned, report }: Gated): Shown {
  const { plan, patch } = planned;
  const json = { component: patch.component.name, base: patch.base, tree: patch.tree, plan, report };
  if (report === undefined) return { text: planText(planned), json };
  const { passed, ran, passedBefore, failedBefore, wrong } = report;
  const mark = patch.files.length > 0 ? '!' : '✗';
  const before = failedBefore.slice(0, MOST_SHOWN).map(({ component, file }) => {
    return `  ${mark} ${placeOf(component, file)}   failed before, and nothing that it executes changed`;
  });
  const untrue = wrong.map(({ component, file }) => {
    return `  ! ${placeOf(component, file)}   passed before with the same files, and fails now: flaky, or it reads what nobody knows of`;
  });
  const count = `${ran.classes} classes ran, ${passedBefore} passed before, in ${duration(ran.ms)}`;
  const head = `The gate is ${passed ? 'open' : 'closed'}: ${count}`;
  const text = [...reportLines(ran), ...before, ...untrue, '', head].join('\n');
  return { text, json, ...(passed ? {} : { exit: 'failed' as const }) };
}

function planText({ plan }: PlannedGate): string {
  const rows = plan.selected.map(({ component, file, because }) => {
    const why = because.map(({ what, how }) => `${what} ${how}`).join(', ');
    return `  ${placeOf(component, file)}   ${why}`;
  });
  return [rows.length === 0 ? 'No class would run.' : 'Would run', ...rows].join('\n');
}
