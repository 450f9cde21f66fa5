/** rollout's events: the traffic as it moves, one line that stays for each step. */
import type { Figures } from '../../judge/index.ts';
import type { RolloutEvent, RolloutPlan } from '../../rollout/index.ts';
import { configActText } from './config-act.ts';
import type { Line } from './renderer.ts';
import { duration, percent } from './units.ts';

export function plainLine(event: RolloutEvent): Line | undefined {
  switch (event.code) {
    case 'rollout/planned':
      return planLine(event.plan);
    case 'rollout/resumed':
      return `Resumed    release ${event.release} at ${percent(event.share)}`;
    case 'rollout/shares-set':
      return `Traffic    ${sharesText(event.shares)}   ${duration(event.ms)}`;
    case 'rollout/shares-refused':
      return `Traffic    ${sharesText(event.shares)} not taken: ${event.because}`;
    case 'rollout/config-changed':
      return `  marked   ${configActText(event.act)}, at ${percent(event.share)}`;
    case 'rollout/observed':
      return { progress: observedText(event) };
    case 'rollout/step-passed':
      return `  passed   ${percent(event.share)}: ${countsText(event.figures)}${event.because}`;
    case 'rollout/ended':
      return endText(event);
    case 'rollout/drained':
      return `Drained    ${event.slot}: its last request has ended   ${duration(event.ms)}`;
  }
}

export function planLine(plan: RolloutPlan): string {
  const steps = plan.steps.map(({ share }) => percent(share)).join(' → ');
  if (plan.from === undefined) return `Rollout    ${steps}: nobody gets anything else`;
  return `Rollout    ${steps}, each judged against release ${plan.from.release}: ${duration(plan.seconds.least * 1000)} to ${duration(plan.seconds.most * 1000)}`;
}

function sharesText(shares: Readonly<Record<string, number>>): string {
  return Object.entries(shares)
    .map(([slot, share]) => `${slot} ${percent(share)}`)
    .join(' · ');
}

const BAR = 20;

function observedText(event: Extract<RolloutEvent, { code: 'rollout/observed' }>): string {
  const filled = Math.round(event.share * BAR);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  const time = `${event.seconds.toFixed(0)} of at most ${event.mostSeconds} s`;
  return `${event.to} ${bar} ${percent(event.share)}  ${time}  ${countsText(event.figures)}${meansText(event.meanMs)}`;
}

function countsText(figures: Figures | undefined): string {
  if (figures === undefined) return '';
  const { fresh, baseline } = figures;
  return `${fresh.errors} of ${fresh.requests} wrong (old ${baseline.errors} of ${baseline.requests})  `;
}

function meansText(meanMs: Readonly<Record<string, number | undefined>>): string {
  const known = Object.entries(meanMs).filter(([, ms]) => ms !== undefined);
  return known.length === 0 ? '' : `mean ${known.map(([slot, ms]) => `${slot} ${(ms ?? 0).toFixed(0)} ms`).join(', ')}`;
}

/** Where it went well, the command's answer says so. */
function endText(event: Extract<RolloutEvent, { code: 'rollout/ended' }>): string | undefined {
  switch (event.outcome) {
    case 'live':
      return undefined;
    case 'held':
      return `HELD       nothing is moved any more: ${event.because}`;
    case 'rolled-back':
      return `FAIL       ${event.because}\n           rolled back in ${duration(event.wayBackMs ?? 0)}`;
  }
}
