/** What a gate is about to do: what it takes over, what it runs, and why. */
import type { TestEvent } from '../../test/index.ts';

type GatePlanned = Extract<TestEvent, { code: 'test/gate-planned' }>;

const MOST_REASONS = 6;

export function gateLines(event: GatePlanned): string {
  const { component, total, passedBefore, failedBefore, toRun, parserTests, reasons } = event;
  const what = component === undefined ? 'the set as it is locked' : `the set with this patch of ${component}`;
  const failed = failedBefore === 0 ? '' : `, ${failedBefore} failed then`;
  const rows = reasons.slice(0, MOST_REASONS).map(({ because, tests }) => `            ${tests}: ${because}`);
  const left = reasons.length - MOST_REASONS;
  const parser = parserTests === 0 ? '' : `, and ${parserTests} files of parser tests`;
  return [
    `Gate      ${what}: ${total} test classes`,
    ...(passedBefore + failedBefore === 0
      ? []
      : [`          ${passedBefore} passed before, and all that they execute is as it was${failed}`]),
    `          ${toRun} to run${parser}`,
    ...rows,
    ...(left > 0 ? [`            and ${left} other reasons`] : []),
    '',
  ].join('\n');
}
