/** What build steps tell people: each step, why it runs or not, and what it made. */
import type { BuildEvent, StepsDone, StepsPlan, Submitted } from '../../build/index.ts';
import type { Shown } from '../run.ts';
import type { Line } from './renderer.ts';
import { duration, size, table } from './units.ts';

type StepsEvent = Extract<
  BuildEvent,
  { code: `build/step-${string}` | `build/audit-${string}` | 'build/foreign-pipeline' }
>;

export function isStep(event: BuildEvent): event is StepsEvent {
  return /^build\/(step-|audit-|foreign-)/.test(event.code);
}

export function stepLine(event: StepsEvent): Line | undefined {
  switch (event.code) {
    case 'build/step-started':
      return `${event.component}: ${event.step} runs (${event.because})`;
    case 'build/step-progress':
      return { progress: `${event.component}: ${event.step}: ${event.text}` };
    case 'build/step-made':
      return `${event.component}: ${event.step} made ${files(event.files)}, ${size(event.bytes)}, ${duration(event.ms)} (${event.tools.join(', ')})`;
    case 'build/step-reused':
      return undefined;
    case 'build/step-left-stale':
      return `${event.component}: ${event.path} is committed, and ${event.step} does not make it: the image keeps it; remove it from git`;
    case 'build/audit-found':
      return `${event.component}: ${event.package} ${event.versions.join(', ')}: ${event.severity}: ${event.title} (${event.url})`;
    case 'build/audit-done':
      return event.found > 0
        ? undefined
        : `${event.component}: npm knows of nothing wrong with its ${event.packages} packages`;
    case 'build/audit-not-done':
      return `${event.component}: audit of package-lock.json not done: ${event.because}`;
    case 'build/foreign-pipeline':
      return `${event.component}: ${event.file} is of another tool (PipelineLib, Blubber) and is not run; mwpipe reads .pipeline/mwpipe.yaml`;
  }
}

export function showStepsPlan(plan: StepsPlan): Shown {
  if (plan.steps.length === 0) return { text: none(plan.set), json: plan };
  const rows = plan.steps.map(({ component, spec, run, because }) => [
    run ? 'run' : 'reuse',
    component,
    spec.name,
    because,
  ]);
  return { text: [table(rows), `Next     mwpipe steps ${plan.set}`].join('\n'), json: plan };
}

export function showSteps(done: StepsDone, { ms, set }: { readonly ms: number; readonly set: string }): Shown {
  if (done.steps.length === 0) return { text: none(set), json: done };
  const rows = done.steps.map(({ component, step, state, files: made, because }) => {
    const bytes = made.reduce((total, one) => total + one.bytes, 0);
    return [state, component, step, files(made.length), size(bytes), because];
  });
  const layers = done.layers.length === 1 ? '1 layer' : `${done.layers.length} layers`;
  return {
    text: [table(rows), `Steps    ${layers}, ${duration(ms)}`, `Next     mwpipe build ${set}`].join('\n'),
    json: done,
  };
}

export function showSubmitted(submitted: Submitted): Shown {
  const { component, commit, files: changed, pushed } = submitted;
  const rows = changed.slice(0, MOST_ROWS).map(({ path, added, removed }) => [path, `+${added}`, `-${removed}`]);
  const more = changed.length > MOST_ROWS ? [`and ${changed.length - MOST_ROWS} more`] : [];
  const where = pushed === undefined ? 'not pushed (--dry-run)' : `pushed to ${pushed.ref} of ${pushed.url}`;
  const text = [
    table(rows),
    ...more,
    `Commit   ${commit.slice(0, 12)} of ${component}, ${files(changed.length)}, ${where}`,
  ];
  return { text: text.join('\n'), json: submitted };
}

const MOST_ROWS = 20;

function files(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}

function none(set: string): string {
  return `no component of ${set} has build steps: write "build:" in the set, or .pipeline/mwpipe.yaml in the component`;
}
