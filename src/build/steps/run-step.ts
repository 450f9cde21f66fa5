/** Runs one step in a container of its runtime, and takes what it made: or tells everything that was wrong with it. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { Digest } from '../../kernel/digest.ts';
import { settle, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { RunRequest } from '../../kernel/runner.ts';
import { mountPoint } from '../layers/mount.ts';
import type { StepsEvent } from '../steps-events.ts';
import type { MachineNetwork, StepPorts } from '../steps-ports.ts';
import type { ComponentFile } from './component-tree.ts';
import { fileTar, inputsTar, STEP_USER } from './step-inputs.ts';
import { openStepLog, type StepLog } from './step-log.ts';
import { stepMistakes, stepProblem, stepStopped } from './step-mistakes.ts';
import type { StepFile } from './step-record.ts';
import { isBelow, type StepSpec } from './step-spec.ts';
import { takeOutputs, type TakenOutputs } from './take-outputs.ts';

export interface StepRun {
  readonly component: string;
  readonly path: string;
  readonly embargoed: boolean;
  readonly spec: StepSpec;
  readonly image: Digest;
  /** The component's files: all of them, though a step may see fewer. */
  readonly tracked: readonly ComponentFile[];
  /** What the steps before it made. */
  readonly made: readonly StepFile[];
  /** Leaves the container of one that fails, for a shell. */
  readonly keepFailed: boolean;
}

type Context = RunContext<StepsEvent>;

/** @returns fails with `build/step-*`, and as the runner does */
export async function runStep(
  step: StepRun,
  ports: StepPorts,
  context: Context,
): Promise<Outcome<readonly StepFile[]>> {
  const log = await openStepLog(ports.logs, {
    component: step.component,
    step: step.spec.name,
    onLine: (text) => {
      if (step.embargoed) return;
      context.emit({ code: 'build/step-progress', component: step.component, step: step.spec.name, text });
    },
  });
  try {
    return await runLogged(step, log, { ports, context });
  } finally {
    await log.close();
  }
}

async function runLogged(
  step: StepRun,
  log: StepLog,
  { ports, context }: { readonly ports: StepPorts; readonly context: Context },
): Promise<Outcome<readonly StepFile[]>> {
  const tracked = seenBy(step.spec, step.tracked);
  let taken: TakenOutputs | undefined;
  const root = `/${mountPoint(step.path)}`;
  const { outputs } = step.spec;
  const network = step.spec.network ? await ports.network() : undefined;
  const request: RunRequest = {
    ...bounded(step, network),
    inputs: inputsOf({ ...step, tracked }, network, ports),
    collect: {
      paths: [root],
      take: async (_path, tar) => {
        taken = await takeOutputs(tar, { outputs, tracked, made: step.made }, ports.blobs);
      },
    },
    tellChanged: true,
  };
  const ran = await ports.runner.run(request, log, silent(context));
  if (!ran.ok)
    return settle(
      [],
      ran.diagnostics.map((one) => unreadable(step, one)),
    );
  if (ran.value.timedOut || ran.value.exitCode !== 0) return settle([], [stepStopped(step, ran.value, log)]);
  if (taken === undefined) return settle([], [noComponent(step)]);
  return settle(taken.files, stepMistakes(step, taken, ran.value.changed ?? []));
}

function seenBy({ inputs }: StepSpec, tracked: readonly ComponentFile[]): readonly ComponentFile[] {
  return inputs === undefined ? tracked : tracked.filter(({ path }) => isBelow(path, inputs));
}

/** Where a step that may use the network finds the certificates of this machine. */
const CERTIFICATES = '/mwpipe-certificates.pem';
const PROCESSES = 2048;

function bounded(
  { component, path, spec, image, keepFailed }: StepRun,
  network: MachineNetwork | undefined,
): RunRequest {
  return {
    image,
    argv: spec.argv,
    env: { ...BASE_ENVIRONMENT, ...networkEnvironment(network), ...spec.env },
    workdir: `/${mountPoint(path)}`,
    user: `${STEP_USER}:${STEP_USER}`,
    ...(network === undefined ? {} : { network: network.name }),
    labels: { 'mwpipe.role': 'step', 'mwpipe.run': `${component}/${spec.name}` },
    deadlineMs: spec.deadlineMs,
    limits: { memoryBytes: spec.memoryBytes, processes: PROCESSES },
    keepFailed,
  };
}

/** One machine's is every machine's: programs write the same whatever the hour and the country. */
const BASE_ENVIRONMENT: Readonly<Record<string, string>> = {
  ...{ HOME: '/tmp', TMPDIR: '/tmp', TZ: 'UTC', LC_ALL: 'C.UTF-8', CI: '1', SOURCE_DATE_EPOCH: '315532800' },
  ...{ npm_config_cache: '/tmp/.npm', npm_config_update_notifier: 'false', npm_config_fund: 'false' },
  ...{ npm_config_audit: 'false', COMPOSER_HOME: '/tmp/.composer', COMPOSER_NO_INTERACTION: '1' },
};

function networkEnvironment(network: MachineNetwork | undefined): Record<string, string> {
  return {
    ...(network?.npmRegistry === undefined ? {} : { npm_config_registry: network.npmRegistry }),
    ...(network?.certificates === undefined
      ? {}
      : { NODE_EXTRA_CA_CERTS: CERTIFICATES, SSL_CERT_FILE: CERTIFICATES, npm_config_cafile: CERTIFICATES }),
  };
}

function inputsOf(
  { path, tracked, made }: StepRun,
  network: MachineNetwork | undefined,
  ports: StepPorts,
): NonNullable<RunRequest['inputs']> {
  const files = inputsTar({ path, tracked, made }, ports);
  const trusted = network?.certificates === undefined ? [] : [fileTar(CERTIFICATES.slice(1), network.certificates)];
  return [files, ...trusted].map((tar) => ({ at: '/', tar }));
}

/** What the engine can't open is a mistake of the step; everything else that goes wrong there is none. */
function unreadable(step: StepRun, problem: Diagnostic): Diagnostic {
  if (problem.code !== 'runner/path-too-long') return problem;
  const hint = problem.hint ?? '';
  const message = `made what no image can have: ${problem.message}`;
  return stepProblem(step, { code: 'build/step-odd-output', message, hint });
}

function noComponent(step: StepRun): Diagnostic {
  return stepProblem(step, {
    code: 'build/step-no-output',
    message: `removed its own component's folder ${quote(`/${mountPoint(step.path)}`)}`,
    hint: 'make the outputs in place; what they need before is in the folder already',
  });
}
