/** test: from a patch to the tests that it can affect, run on real PHPUnit. What flows and faces may see. */
export { loadPhpReader } from './php/load-grammar.ts';
export { planChanged, type PlannedTest } from './plan-changed.ts';
export { planGate, type PlannedGate } from './gate/plan-gate.ts';
export { runGate, type GateReport } from './gate/run-gate.ts';
export { planReplay } from './replay.ts';
export { runKept, runPlanned } from './run-planned.ts';
export type { FailedTest, TestEvent } from './events.ts';
export type { BecauseStep } from './because.ts';
export type { KnownTest, TestPlan } from './plan-tests.ts';
export type { LockTexts, TestPorts } from './ports.ts';
export type { TestReport } from './report.ts';
