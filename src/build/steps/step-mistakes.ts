/** What a step did wrong, each thing in words that name the step and the file. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { RunResult } from '../../kernel/runner.ts';
import { parents } from '../layers/paths.ts';
import { mountPoint } from '../layers/mount.ts';
import type { StepLog } from './step-log.ts';
import { isBelow, type StepSpec } from './step-spec.ts';
import type { TakenOutputs } from './take-outputs.ts';

interface Named {
  readonly component: string;
  readonly path: string;
  readonly embargoed: boolean;
  readonly spec: StepSpec;
}

/** Of an embargoed component only the code is shown: its files' names may tell what the patch is about. */
export function stepProblem({ component, spec, embargoed }: Named, problem: Diagnostic): Diagnostic {
  return {
    exit: 'failed',
    ...problem,
    message: `step ${spec.name} of ${component} ${problem.message}`,
    ...(embargoed ? { visibility: 'private' } : {}),
  };
}

/** It failed, or was ended. */
export function stepStopped(
  step: Named,
  { exitCode, timedOut, keptAs }: RunResult,
  log: Pick<StepLog, 'tail' | 'file'>,
): Diagnostic {
  const lines = log.tail().map((line) => `\n    ${line}`);
  const shell = keptAs === undefined ? '' : `; look inside with: mwpipe shell ${step.component}/${step.spec.name}`;
  const hint = `the whole log: ${log.file}${shell}`;
  if (timedOut) {
    const seconds = step.spec.deadlineMs / 1000;
    const message = `did not end within ${seconds} s, and was ended${lines.join('')}`;
    return stepProblem(step, {
      code: 'build/step-hung',
      message,
      hint: `give it a longer "deadline:", or mend it; ${hint}`,
    });
  }
  const killed =
    exitCode === 137
      ? ` (killed: did it need more than ${step.spec.memoryBytes / 1024 / 1024} MiB? see "memory:")`
      : '';
  return stepProblem(step, {
    code: 'build/step-failed',
    message: `ended with ${exitCode}${killed}${lines.join('')}`,
    hint,
  });
}

/** Of one that ended well: everything at once. */
export function stepMistakes(step: Named, taken: TakenOutputs, changed: readonly string[]): Diagnostic[] {
  return [...missingOutputs(step, taken), ...oddOutputs(step, taken, changed), ...strays(step, taken, changed)];
}

function missingOutputs(step: Named, { files, odd }: TakenOutputs): Diagnostic[] {
  const made = [...files, ...odd].map(({ path }) => path);
  return step.spec.outputs
    .filter((output) => !made.some((path) => isBelow(path, [output])))
    .map((output) =>
      stepProblem(step, {
        code: 'build/step-no-output',
        message: `ended well and did not make ${quote(output)}`,
        hint: 'correct its "outputs:", or the path that it writes to; an empty folder counts as nothing',
      }),
    );
}

/** What the engine saw change in an output and did not hand over: sockets, and paths that it can't open itself. */
function oddOutputs(step: Named, { odd, seen }: TakenOutputs, changed: readonly string[]): Diagnostic[] {
  const root = `/${mountPoint(step.path)}/`;
  const inside = changed.flatMap((path) => (path.startsWith(root) ? [path.slice(root.length)] : []));
  const lost = inside.filter((path) => isBelow(path, step.spec.outputs) && !seen.has(path));
  const found = [
    ...odd,
    ...lost.map((path) => ({ path, reason: 'is a socket, or nothing that can be taken out of a container' })),
  ];
  return few(found).map(({ path, reason }) =>
    stepProblem(step, {
      code: 'build/step-odd-output',
      message: `made ${quote(path)}, which ${reason}`,
      hint: 'outputs are files with plain names, and links to files among them: remove it at the end of the step',
    }),
  );
}

function strays(step: Named, { touched }: TakenOutputs, changed: readonly string[]): Diagnostic[] {
  const outside = changed.filter((path) => isOutside(path, step.path));
  // A folder is told where nothing below it is: one stray file is one mistake.
  const folders = new Set(outside.flatMap(parents));
  const deepest = outside.filter((path) => !folders.has(path));
  return [
    ...few(touched).map((path) =>
      stepProblem(step, {
        code: 'build/step-touched',
        message: `changed or removed ${quote(path)}, which is no output of it`,
        hint: 'list it under "outputs:", or do not write to it (npm ci leaves package-lock.json alone, npm install does not)',
      }),
    ),
    ...few(deepest).map((path) =>
      stepProblem(step, {
        code: 'build/step-wrote-outside',
        message: `wrote outside of its component: ${quote(path)}`,
        hint: 'only what is below the component can be an output; /tmp is there for scratch',
      }),
    ),
  ];
}

const SCRATCH = ['/tmp', '/var/tmp', '/dev', '/proc', '/sys', '/mwpipe-certificates.pem'];

function isOutside(path: string, mount: string): boolean {
  const root = `/${mountPoint(mount)}`;
  return !isBelow(path, [root, ...SCRATCH]) && !`${root}/`.startsWith(`${path}/`) && path !== '/var';
}

const MOST_TOLD = 10;

function few<T>(found: readonly T[]): readonly T[] {
  return found.slice(0, MOST_TOLD);
}
