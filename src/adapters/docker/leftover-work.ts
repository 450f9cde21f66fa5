/** Work of a run that was killed: its container goes on without it, and nobody removes it but the next run. */
import type Docker from 'dockerode';
import type { NamedWork } from '../../deploy/ports.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { guardEngine, statusOf, unlessMissing } from './engine.ts';
import { labelsOf, targetFilter } from './names.ts';

const WORK = 'mwpipe.work';
const ASK_AGAIN_MS = 200;

/** @param name as in NamedWork */
export function workLabels(target: string, name: string): Record<string, string> {
  return { ...labelsOf(target, 'run'), [WORK]: name };
}

/**
 * Waits for what runs: an installer that is stopped half-way leaves tables that the next one takes for all of them.
 * @returns fails with `deploy/too-slow`; then it runs still
 */
export async function endLeftovers(
  { docker, target, work }: { readonly docker: Docker; readonly target: string; readonly work: NamedWork },
  context: RunContext,
): Promise<Outcome<void>> {
  const filters = { label: [...targetFilter(target, 'run').label, `${WORK}=${work.name}`] };
  const until = context.clock.now() + work.deadlineMs;
  for (;;) {
    const left = await guardEngine(() => removeEnded(docker, filters));
    if (!left.ok) return left;
    if (left.value === 0) return ok();
    if (context.clock.now() > until) return fail(tooSlow(work));
    await context.clock.sleep(ASK_AGAIN_MS, context.signal);
  }
}

/** @returns how many run still */
async function removeEnded(docker: Docker, filters: { readonly label: string[] }): Promise<number> {
  const found = await docker.listContainers({ all: true, filters });
  const running = found.filter(({ State }) => State === 'running' || State === 'restarting');
  for (const { Id } of found.filter((one) => !running.includes(one))) {
    try {
      await unlessMissing(docker.getContainer(Id).remove({ force: true, v: true }));
    } catch (thrown) {
      if (statusOf(thrown) !== 409) throw thrown; // it is being removed already
    }
  }
  return running.length;
}

export function tooSlow({ name, deadlineMs }: NamedWork): Diagnostic {
  return {
    code: 'deploy/too-slow',
    message: `${name} took longer than ${deadlineMs / 1000} s`,
    hint: 'mwpipe logs database may say why; the release that is live was not touched',
    exit: 'outside',
  };
}
