/** What is live, and what happened, as people read it. */
import type { ConfigCommit, ConfigStatus, PastAct } from '../../config/index.ts';
import { short } from '../../kernel/digest.ts';
import { table } from './units.ts';

export function statusText(status: ConfigStatus & { readonly notPushed?: readonly ConfigCommit[] }): string {
  const { slots, live, waiting, unfinished, rolledBack, aside, holder } = status;
  const lines = slots.flatMap(({ slot, bundle, instances }) => {
    const others = instances.filter((one) => one.bundle !== bundle);
    return [
      `${slot.padEnd(10)} ${bundle === undefined ? 'no bundle' : short(bundle)} on ${String(instances.length - others.length)} of ${String(instances.length)} instances`,
      ...others.map(
        ({ instance, bundle: own, problem }) =>
          `           ${instance}: ${own === undefined ? (problem ?? 'no answer') : short(own)}`,
      ),
    ];
  });
  return [
    ...(slots.length === 0 ? ['nothing runs here'] : lines),
    ...(live === undefined ? [] : [`Pushed     ${actText(live)}`]),
    ...(status.notPushed ?? []).map(({ commit, subject }) => `Not pushed ${commit.slice(0, 12)} ${subject}`),
    ...(waiting === undefined ? [] : [`Waiting    ${actText(waiting)}: for the debug pin alone`]),
    ...(unfinished === undefined
      ? []
      : [`Unfinished ${actText(unfinished)}: it runs, or was killed; ${resumeText(unfinished)} takes it up`]),
    ...aside.map(({ slot, instances }) => `Set aside  ${instances.join(', ')} of ${slot}: no users get there`),
    ...rolledBack
      .slice(0, 3)
      .map((act) => `Undone     ${short(act.previous ?? '')} at ${act.at}: not pushed again without --override`),
    ...(holder === undefined ? [] : [`Held       by ${holder.who}: ${holder.reason}, since ${holder.since}`]),
  ].join('\n');
}

export function historyText(acts: readonly PastAct[]): string {
  if (acts.length === 0) return 'nothing was pushed here yet';
  return table(
    acts.map(({ at, act, phase, bundle, previous, wiki, who, commit, override }) => [
      at,
      `${actName(act, wiki)}${phase === 'failed' ? ' (failed)' : ''}`,
      wiki === undefined ? `${previous === undefined ? 'nothing' : short(previous)} → ${short(bundle)}` : short(bundle),
      who ?? '',
      commit?.slice(0, 12) ?? '',
      override ?? '',
    ]),
    '',
  );
}

function actName(act: string, wiki: string | undefined): string {
  return wiki === undefined ? act.replace('config/', '') : `wiki add ${wiki}`;
}

function resumeText({ wiki }: PastAct): string {
  return wiki === undefined ? 'mwpipe config push' : `mwpipe wiki add ${wiki}`;
}

function actText({ bundle, at, wiki, who, commit }: PastAct): string {
  const parts = [
    at,
    ...(wiki === undefined ? [] : [`wiki add ${wiki}`]),
    ...(who === undefined ? [] : [`by ${who}`]),
    ...(commit === undefined ? [] : [`from ${commit.slice(0, 12)}`]),
  ];
  return `${short(bundle)}   ${parts.join(' ')}`;
}
