/** The flow from lock to traffic as people read it: its steps' lines, then the answer and the next command. */
import type { DeployResult, FlowEvent, ReleaseEvent, RollbackResult } from '../../release/index.ts';
import type { Shown } from '../run.ts';
import { plainLine as buildLine } from './build.ts';
import { plainLine as configLine } from './config.ts';
import { planLine as deployPlanLine, plainLine as deployLine } from './deploy.ts';
import type { Line } from './renderer.ts';
import { plainLine as resolveLine } from './resolve.ts';
import { planLine as rolloutPlanLine, plainLine as rolloutLine } from './rollout.ts';
import { short } from '../../kernel/digest.ts';
import { duration } from './units.ts';
import { planText as wikiPlanText, wikiLine } from './wiki.ts';

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
  wiki: releaseLine,
} as const;

function releaseLine(event: ReleaseEvent): Line {
  switch (event.code) {
    case 'release/unfinished-found':
      return `Unfinished release ${event.release} was left in the middle of its rollout: ${event.then === 'resumed' ? 'going on with it' : 'taking it back first'}`;
    case 'wiki/planned':
      return wikiPlanText(event.plan);
    case 'wiki/written':
    case 'wiki/making':
    case 'wiki/put-back':
    case 'wiki/left':
    case 'wiki/made':
      return wikiLine(event);
    case 'release/config-refused':
      return `Config     ${configName(event)} does not pass on release ${event.release}: ${event.because.message}`;
    case 'release/config-chosen':
      return `Config     ${configName(event)} on ${event.slot}: ${CHOICES[event.choice]}`;
    case 'release/config-one-way':
      return `Way back   config ${short(event.bundle)} does not pass on release ${event.release}, so a rollback takes an older one: ${event.because.message}`;
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

const CHOICES = {
  kept: 'what is live stays',
  older: 'the newest that passes there',
  pair: 'what the release was made live with',
} as const;

function configName({ bundle, commit }: { readonly bundle: string; readonly commit?: string }): string {
  return commit === undefined ? short(bundle) : `${short(bundle)} (commit ${commit.slice(0, 12)})`;
}

export function showRolledBack({ state, from, to, config, ms, url }: RollbackResult, target: string): string {
  const on = target === 'docker' ? '' : ` --to ${target}`;
  const pair = config.choice === 'pair' ? ' --pair' : '';
  const moved = config.bundle === config.previous ? '' : `; users had ${short(config.previous ?? 'none')}`;
  if (state === 'planned') {
    return [
      `Plan       all traffic from release ${from.release} on ${from.slot} to release ${to.release} on ${to.slot}, at once`,
      `           with config ${configName(config)}${moved}; release ${from.release} becomes bad`,
      `Do it with mwpipe rollback${pair}${on}`,
    ].join('\n');
  }
  return [
    `Back       release ${to.release} on ${to.slot} has all traffic again, in ${duration(ms)}`,
    `           with config ${configName(config)}${moved}; release ${from.release} is marked bad`,
    `Open       ${url}`,
  ].join('\n');
}
