/** What testing tells people: the patch, what it can affect and why, shards as they end, failures, what to do next. */
import { folderName, placeOf } from '../../kernel/component-place.ts';
import type { FailedTest, PlannedTest, TestEvent, TestPlan, TestReport } from '../../test/index.ts';
import type { Shown } from '../run.ts';
import { gateLines } from './gate-lines.ts';
import type { Line } from './renderer.ts';
import { duration, size } from './units.ts';

/** What a run gives: its plan, and its report unless only the plan was asked for. */
export interface Tested {
  readonly planned: PlannedTest;
  readonly report?: TestReport;
}

type Planned = Extract<TestEvent, { code: 'test/planned' }>;
type ChangesRead = Extract<TestEvent, { code: 'test/changes-read' }>;

export function plainLine(event: TestEvent): Line | undefined {
  switch (event.code) {
    case 'test/changes-read':
      return patchLines(event);
    case 'test/index-read':
      return event.parsedFiles === 0
        ? undefined
        : `Index     ${event.parsedFiles} files of PHP read in ${duration(event.ms)} (kept for the next run)`;
    case 'test/planned':
      return event.changes === 0 && Object.keys(event.selected).length === 0 ? undefined : impactLines(event);
    case 'test/run-read':
      return `Replay    ${event.component} against ${event.base}: ${many(event.shards, 'shard', 'shards')} of ${event.started.slice(0, 16).replace('T', ' ')} UTC\n`;
    case 'test/image-ready':
      return undefined;
    case 'test/snapshot-made':
      return `Wiki      installed in ${duration(event.ms)}, kept as a snapshot (${size(event.bytes)})\n`;
    case 'test/snapshot-reused':
      return undefined;
    case 'test/shard-started':
      return { progress: `  ${event.shard}` };
    case 'test/shard-progressed':
      return { progress: `  ${event.shard}  ${event.done}${event.tests === 0 ? '' : ` of ${event.tests}`}` };
    case 'test/test-failed':
      return `    ✗ ${lastPart(event.failed.class)}::${event.failed.test}`;
    case 'test/shard-finished': {
      const mark = event.failed === 0 ? '✓' : '✗';
      const rest = [many(event.failed, 'failed', 'failed'), many(event.skipped, 'skipped', 'skipped')].filter(Boolean);
      return `  ${mark} ${event.shard.padEnd(28)}${String(event.tests).padStart(5)} tests  ${duration(event.ms).padStart(7)}   ${rest.join(', ')}`.trimEnd();
    }
    case 'test/gate-planned':
      return gateLines(event);
    case 'test/recorded':
      if (event.files === 0) return undefined;
      return `Recorded  what ${event.files} test files execute: the next patches are followed by it`;
    case 'test/parent-asked':
      return { progress: `  ${event.shard}: do they fail without the patch too?` };
  }
}

function patchLines({ component, base, files, uncommitted }: ChangesRead): string {
  if (files.length === 0) return `Patch     ${component}: nothing changed against ${base}`;
  const shown = files.slice(0, 6).map(({ path, status, lines }) => {
    const what = status === 'M' ? (lines === 1 ? '1 line' : `${lines} lines`) : STATUS[status];
    return `            ${path.padEnd(44)} ${what ?? status}`;
  });
  const more = files.length > 6 ? [`            and ${files.length - 6} more`] : [];
  const open = uncommitted === 0 ? '' : ` (${uncommitted} uncommitted)`;
  const count = files.length === 1 ? '1 file' : `${files.length} files`;
  return [`Patch     ${component}: ${count} changed against ${base}${open}`, ...shown, ...more].join('\n');
}

const STATUS: Readonly<Record<string, string>> = { A: 'new', D: 'removed', R: 'renamed' };

function impactLines({ selected, parserTests, total, recorded, wider, because }: Planned): string {
  const counts = Object.entries(selected).map(([path, count]) => `${count} in ${folderName(path)}`);
  const sum = Object.values(selected).reduce((all, count) => all + count, 0);
  const parser = parserTests.length === 0 ? '' : `   + parser tests of ${parserTests.map(folderName).join(', ')}`;
  if (sum === 0 && parser === '') return `Impact    no test of the ${total} in the set can see this`;
  const head = `Impact    ${sum} of ${total} test classes: ${counts.join(' · ')}${parser}`;
  const why = because.slice(0, 3).map(({ test, because: steps }) => {
    const way = steps.map(({ what, how }) => `${lastPart(what)} ${how}`);
    const short = way.length > 4 ? [...way.slice(0, 2), '…', ...way.slice(-1)] : way;
    return `            ${lastPart(test)}: ${short.join(' → ')}`;
  });
  const wide = wider.slice(0, 2).map((reason) => `            wider: ${reason}`);
  const known =
    recorded === 0 ? [] : [`            ${recorded} of all are followed by what they executed when recorded`];
  return [head, ...wide, ...why, ...known, `            why another: mwpipe test explain TEST`, ''].join('\n');
}

export function showTested({ planned, report }: Tested): Shown {
  const { plan, patch } = planned;
  const json = { component: patch.component.name, base: patch.base, tree: patch.tree, plan, report };
  if (report === undefined) return { text: planText(plan), json };
  if (plan.selected.length === 0 && plan.parserTests.length === 0) return { text: nothingToRun(plan), json };
  const failing = report.failed.length > 0;
  return { text: reportText(plan, report), json, ...(failing ? { exit: 'failed' as const } : {}) };
}

/** A run that was done again: the same report, without the patch that it was chosen for. */
export function showReplayed(report: TestReport): Shown {
  const failing = report.failed.length > 0;
  return { text: reportLines(report).join('\n'), json: { report }, ...(failing ? { exit: 'failed' as const } : {}) };
}

function nothingToRun({ unseen }: TestPlan): string {
  if (unseen.length === 0) return 'Nothing changed, nothing to run.';
  return ['Nothing to run:', ...unseen.map(({ path, because }) => `  ${path}: ${because}`)].join('\n');
}

function planText(plan: TestPlan): string {
  const rows = plan.selected.map(({ component, file, because }) => {
    const last = because.at(-1);
    return `  ${placeOf(component, file)}   ${last === undefined ? '' : `${lastPart(last.what)} ${last.how}`}`;
  });
  const parser = plan.parserTests.map(
    ({ component, files }) => `  ${folderName(component)}: ${files.length} files of parser tests`,
  );
  const unseen = plan.unseen.map(({ path, because }) => `  not seen by any test: ${path} (${because})`);
  const lines = [...rows, ...parser, ...unseen];
  return [lines.length === 0 ? 'Nothing to run.' : 'Would run', ...lines, notRun(plan)].join('\n');
}

/** What failed and what didn't run, then the totals and where to look. */
export function reportLines(report: TestReport): string[] {
  if (report.classes === 0) return [];
  const [folder, shell] = next(report);
  const end = [`${totals(report)}, in ${duration(report.ms)}`, folder, ...(report.failed.length > 0 ? [shell] : [])];
  return [...failures(report), '', ...end];
}

function reportText(plan: TestPlan, report: TestReport): string {
  const end = [`${totals(report)}, in ${duration(report.ms)}`, notRun(plan), ...next(report)];
  return [...failures(report), '', ...end].join('\n');
}

function failures(report: TestReport): string[] {
  const lines: string[] = [];
  if (report.failed.length + report.notYours.length > 0) lines.push('  ' + '─'.repeat(60));
  for (const failed of report.failed) lines.push(...failureLines('✗', failed), '    passes without the patch');
  for (const failed of report.notYours.slice(0, 5)) {
    lines.push(`  ! ${lastPart(failed.class)}::${failed.test}   not yours: fails without the patch too`);
  }
  for (const skipped of report.lackingExtension.slice(0, 5)) {
    lines.push(`  ! ${lastPart(skipped.class)}::${skipped.test}   skipped: ${skipped.because}`);
  }
  for (const silent of report.silent) lines.push(`  ! ${silent.class}   selected, but none of its tests ran`);
  return lines;
}

function failureLines(mark: string, { component, class: name, test, message, file, line }: FailedTest): string[] {
  const place = file === undefined ? '' : `   ${placeOf(component, file)}:${String(line ?? 1)}`;
  const text = message.split('\n').slice(0, 8);
  return [`  ${mark} ${lastPart(name)}::${test}${place}`, ...text.map((one) => `    ${one}`)];
}

function totals(report: TestReport): string {
  const parts = [
    many(report.failed.length, 'failed', 'failed'),
    `${report.passed} passed`,
    many(report.skipped, 'skipped', 'skipped'),
    many(report.lackingExtension.length, 'of them for a missing extension', 'of them for missing extensions'),
    many(report.notYours.length, 'not yours', 'not yours'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function notRun({ notRun: left, total }: TestPlan): string {
  const count = Object.values(left).reduce((all, one) => all + one, 0);
  return `  not run: ${count} of ${total} test classes that the patch can't affect (mwpipe test --all runs them)`;
}

function next(report: TestReport): [string, string] {
  const kept = report.shards.some(({ keptAs }) => keptAs !== undefined);
  const shell = kept ? `mwpipe shell ${report.run}` : `mwpipe test --replay ${report.run} --shell`;
  return [
    `  JUnit XML and logs      ${report.folder}`,
    report.failed.length === 0
      ? '  put it on a wiki        mwpipe deploy --with .'
      : `  a shell where it failed ${shell}`,
  ];
}

function many(count: number, one: string, several: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : several}`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('\\') + 1);
}
