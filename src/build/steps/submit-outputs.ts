/**
 * What a component's steps made, as one commit on top of the commit that the lock has: for repos whose built files, or
 * package-lock.json, are committed. Pushed to a branch, or to Gerrit for review.
 */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { LockedComponent } from '../../resolve/index.ts';
import type { StepPorts, SubmittedFile, SubmittedCommit, Submissions } from '../steps-ports.ts';
import { componentFiles, isEmbargoed } from './component-tree.ts';
import type { StepsPlan } from './plan-steps.ts';
import type { StepsDone } from './run-steps.ts';
import { isBelow } from './step-spec.ts';

export interface SubmitRequest {
  readonly component: LockedComponent;
  readonly plan: StepsPlan;
  readonly done: StepsDone;
  /** A branch of its repo, or the branch that a review is for. */
  readonly to: { readonly branch: string } | { readonly reviewFor: string };
  /** Where to push to, where it isn't the component's own url. */
  readonly url?: string;
  /** Makes the commit and pushes nothing. */
  readonly dryRun: boolean;
}

export interface Submitted extends SubmittedCommit {
  readonly component: string;
  /** `refs/for/master` of the url; undefined where nothing was pushed. */
  readonly pushed?: { readonly url: string; readonly ref: string; readonly said: string };
}

type Ports = Pick<StepPorts, 'objects' | 'blobs'> & { readonly submissions: Submissions };

/** @returns fails with `build/submit-*`, and as git does */
export async function submitOutputs(
  request: SubmitRequest,
  ports: Ports,
  context: RunContext<never>,
): Promise<Outcome<Submitted>> {
  const { component } = request;
  const refused = refusal(request);
  if (refused !== undefined) return fail(refused);
  const files = await changesOf(request, ports, context);
  if (!files.ok) return files;
  const message = messageOf(request);
  const wanted = { url: component.url, parent: component.commit, files: files.value, message };
  const commit = await ports.submissions.commit({ ...wanted, changeId: 'reviewFor' in request.to }, context);
  if (!commit.ok) return commit;
  const made = { ...commit.value, component: component.name };
  if (commit.value.files.length === 0) return fail(nothingNew(component.name));
  if (request.dryRun) return ok(made);
  const ref = 'branch' in request.to ? `refs/heads/${request.to.branch}` : `refs/for/${request.to.reviewFor}`;
  const url = request.url ?? component.url;
  const pushed = await ports.submissions.push({ url, from: component.url, commit: made.commit, ref }, context);
  return pushed.ok ? ok({ ...made, pushed: { url, ref, said: pushed.value.said } }) : pushed;
}

/** What lies on top of the commit is not its repo's, and what is embargoed is nobody's to push. */
function refusal({ component, plan }: SubmitRequest): Diagnostic | undefined {
  const { name, patch } = component;
  if (isEmbargoed(component)) {
    const message = `${name} has embargoed patches: what was made of it is not pushed anywhere`;
    return { code: 'build/submit-embargoed', message, exit: 'refused', hint: 'submit from the lock without them' };
  }
  if (patch !== undefined) {
    const message = `the outputs of ${name} were made with ${patch.because} on top, which its repo does not have`;
    return { code: 'build/submit-patched', message, exit: 'refused', hint: 'submit from a lock without patches of it' };
  }
  if (!plan.steps.some(({ component: own }) => own === name)) {
    const hint = 'write "build:" for it in the set, or .pipeline/mwpipe.yaml in its repo';
    return { code: 'build/submit-nothing', message: `${quote(name)} has no build steps`, hint };
  }
  return undefined;
}

/** An output is all that is committed there: what a step doesn't make any more goes. */
async function changesOf(
  { component, plan, done }: SubmitRequest,
  { objects, blobs }: Ports,
  context: RunContext<never>,
): Promise<Outcome<readonly SubmittedFile[]>> {
  const tracked = await componentFiles(component, objects, silent(context));
  if (!tracked.ok) return tracked;
  const outputs = plan.steps.flatMap(({ component: own, spec }) => (own === component.name ? spec.outputs : []));
  const made = done.steps.flatMap((one) => (one.component === component.name ? one.files : []));
  const paths = new Set(made.map(({ path }) => path));
  const gone = tracked.value.filter(
    ({ path, url }) => isBelow(path, outputs) && !paths.has(path) && url === component.url,
  );
  return ok([
    ...made.map(({ path, digest, executable = false }) => ({ path, executable, content: () => blobs.read(digest) })),
    ...gone.map(({ path }) => ({ path })),
  ]);
}

function messageOf({ component, plan, done }: SubmitRequest): string {
  const own = plan.steps.filter((step) => step.component === component.name);
  const tools = new Map(
    done.steps.flatMap((one) => (one.component === component.name ? Object.entries(one.tools) : [])),
  );
  const outputs = own.flatMap(({ spec }) => spec.outputs).join(', ');
  return [
    `Build ${outputs}`.slice(0, 72),
    '',
    `Made from ${component.commit} by its build steps (${own.map(({ spec }) => spec.name).join(', ')}) with mwpipe:`,
    [...tools].map(([tool, version]) => `${tool} ${version}`).join(', '),
    '',
  ].join('\n');
}

function nothingNew(component: string): Diagnostic {
  return {
    code: 'build/submit-nothing',
    message: `what the steps of ${component} make is committed already, to the byte`,
    hint: 'nothing has to be done',
  };
}
