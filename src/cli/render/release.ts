/** The flow from lock to traffic as people read it: its steps' lines, then the answer and the next command. */
import type { DeployResult, FlowEvent, ReleaseEvent, RollbackResult } from '../../release/index.ts';
import type { Shown } from '../run.ts';
import { plainLine as buildLine } from './build.ts';
import { plainLine as configLine } from './config.ts';
import { planLine as deployPlanLine, plainLine as deployLine } from './deploy.ts';
import type { Line } from './renderer.ts';
import { plainLine as resolveLine } from './resolve.ts';
import { planLine as rolloutPlanLine, plainLine as rolloutLine } from './rollout.ts';
import { duration } from './units.ts';

export function plainLine(event: FlowEvent): Line | undefined {
  const step = event.code.slice(0, event.code.indexOf('/')) as keyof typeof LINES;
  // Each function takes its own step's events: the code says whose this one is.
  const line: (event: never) => Line | undefined = LINES[step];
  return line(event as never);
}

const LINES = {
  build: buildLine,
  config: configLine,
  deploy: deployLine,
  release: releaseLine,
  resolve: resolveLine,
  rollout: rolloutLine,
} as const;

function releaseLine(event: ReleaseEvent): Line {
  switch (event.code) {
    case 'release/unfinished-found':
      return `Unfinished release ${event.release} was left in the middle of its rollout: ${event.then === 'resumed' ? 'going on with it' : 'taking it back first'}`;
    case 'release/marked-bad':
      return `Bad        release ${event.release} is marked bad`;
  }
}

export function showDeployed(result: DeployResult, facts: { readonly ms: number; readonly target: string }): Shown {
  const exit = result.outcome === 'rolled-back' || result.outcome === 'held' ? ({ exit: 'failed' } as const) : {};
  return { text: deployedText(result, facts), json: result, ...exit };
}

function deployedText(result: DeployResult, { ms, target }: { readonly ms: number; readonly target: string }): string {
  const { release, slot, url, because, plan, rollout } = result;
  const to = target === 'docker' ? '' : ` --to ${target}`;
  const old =
    rollout?.from === undefined ? '' : `; release ${rollout.from.release} stays whole on ${rollout.from.slot}`;
  const back = rollout?.from === undefined ? [] : [`Undo with  mwpipe rollback${to}     (weights only)`];
  switch (result.outcome) {
    case 'planned':
      return [
        ...(plan === undefined ? [] : [deployPlanLine(plan), `Tables     ${plan.tables.because}`]),
        ...(rollout === undefined || plan?.kind === 'nothing' ? [] : [rolloutPlanLine(rollout)]),
        `Do it with mwpipe deploy${to}`,
      ].join('\n');
    case 'nothing':
      return `Live       release ${release} on ${slot} already (${because})\nOpen       ${url}`;
    case 'live':
      return [`Live       release ${release} on ${slot} in ${duration(ms)}${old}`, ...back, `Open       ${url}`].join(
        '\n',
      );
    case 'rolled-back':
      return `Not live   release ${release} is marked bad: ${because}\nUsers have release ${rollout?.from?.release ?? 0}. Next: mwpipe logs ${slot}, or fix it and mwpipe deploy${to}`;
    case 'held':
      return `Held       release ${release} keeps the share that it has: ${because}\nGo on with mwpipe deploy --resume${to}     or back with  mwpipe rollback${to}`;
  }
}

export function showRolledBack({ from, to, ms, url }: RollbackResult): string {
  return [
    `Back       release ${to.release} on ${to.slot} has all traffic again, in ${duration(ms)}`,
    `           release ${from.release} is marked bad`,
    `Open       ${url}`,
  ].join('\n');
}
