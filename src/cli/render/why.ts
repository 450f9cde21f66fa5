/** `mwpipe why` in one screen: who brought a component, who needs it, and what it is at. */
import { relative } from 'node:path';
import type { SourceRange } from '../../kernel/diagnostic.ts';
import type { Why } from '../../resolve/index.ts';
import { workingDirectory } from '../process.ts';
import type { Shown } from '../run.ts';

export function showWhy(why: Why): Shown {
  const blocks = [
    `${why.name} (${why.kind}) in ${why.set}${why.path === '' ? '' : `, at ${why.path}`}`,
    ...block('Set', setLines(why)),
    ...block('Needed', neededLines(why)),
    ...block('Commit', commitLines(why)),
  ];
  return { text: blocks.join('\n'), json: why };
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? title : '').padEnd(8)}${line}`);
}

function setLines({ set, listed, because }: Why): string[] {
  if (listed === undefined) return [`${set} doesn't list it any more; the lock still has it: mwpipe resolve ${set}`];
  const reason = because === undefined ? '' : `: ${because}`;
  const instead = listed.replaces;
  return [
    ...listed.via.map((step) => `${step.set} extends ${step.extends}   ${place(step.at)}`),
    `${listed.set} lists it   ${place(listed.at)}${reason}`,
    ...(instead === undefined ? [] : [`in place of what ${instead.set} lists   ${place(instead.at)}`]),
  ];
}

const CHAINS = 12;

function neededLines({ set, requiredBy }: Why): string[] {
  if (requiredBy === undefined) return [`not known: there is no lock yet: mwpipe resolve ${set}`];
  if (requiredBy.length === 0) return ['by no other component: it is here because the set lists it'];
  const shown = requiredBy.slice(0, CHAINS).map(({ components, constraint }) => {
    const asked = constraint === '*' ? '' : ` (${constraint})`;
    return `${components.join(' → ')}${asked}`;
  });
  return requiredBy.length > CHAINS ? [...shown, `and ${requiredBy.length - CHAINS} more`] : shown;
}

function commitLines({ set, commit }: Why): string[] {
  if (commit === undefined) return [`not known: the lock has none: mwpipe resolve ${set}`];
  const name = commit.ref.replace(/^refs\/(heads|tags)\//, '');
  const changes = commit.changes.map(
    ({ change, patchset, because }) => `on top: change ${change}, patchset ${patchset} (${because})`,
  );
  const shown = name === commit.commit ? commit.commit.slice(0, 7) : `${commit.commit.slice(0, 7)} of ${name}`;
  return [shown, refLine(commit.because, set), ...changes];
}

function refLine(because: NonNullable<Why['commit']>['because'], set: string): string {
  switch (because.kind) {
    case 'pin':
      return `pinned to ${because.pin.kind} ${because.pin.name}   ${place(because.at)}`;
    case 'policy': {
      const whose = because.policy === 'component' ? 'its own policy' : 'the policy';
      const which = because.place === 1 ? `first of ${whose}` : `number ${because.place} of ${whose}`;
      const missing = because.fallback === undefined ? '' : `, for it has ${because.fallback}`;
      return `${which}, ${because.template}${missing}   ${place(because.at)}`;
    }
    case 'outdated':
      return `the lock is older than the set: ${because.now}; mwpipe resolve ${set}`;
  }
}

function place({ file, line }: SourceRange): string {
  const path = relative(workingDirectory(), file);
  return `${path.startsWith('..') ? file : path}:${line}`;
}
