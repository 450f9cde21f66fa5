/** test: from a patch to the tests that it can affect, run on real PHPUnit. What flows and faces may see. */
export { loadPhpReader } from './php/load-grammar.ts';
export { planChanged, runPlanned, type PlannedTest } from './test-changed.ts';
export type { FailedTest, TestEvent } from './events.ts';
export type { BecauseStep } from './because.ts';
export type { KnownTest, TestPlan } from './plan-tests.ts';
export type { TestPorts } from './ports.ts';
export type { TestReport } from './report.ts';
