/** config's events and results as people read them. */
import type { AcceptedBundle, ConfigDiff, ConfigEvent, PushResult, SettingChange } from '../../config/index.ts';
import { short } from '../../kernel/digest.ts';
import { diagnosticText, placeText } from './diagnostic.ts';
import { duration, size, table } from './units.ts';

export function plainLine(event: ConfigEvent): string {
  switch (event.code) {
    case 'config/staged':
      return `Staged     bundle ${short(event.bundle)}: ${event.files} files, ${size(event.bytes)} packed${event.state === 'present' ? ', there already' : ''}   ${duration(event.ms)}`;
    case 'config/checked':
      return `Checked    in image ${short(event.image)}: every file parses, ${event.settings} settings evaluate, no notice   ${duration(event.ms)}`;
    case 'config/warned':
      return diagnosticText(event.diagnostic, false).trimEnd();
    case 'config/pointed':
      return `Pointed    ${event.slot}: ${event.from === undefined ? 'nothing' : short(event.from)} → ${short(event.to)}`;
    case 'config/confirmed':
      return `Active     ${event.slot}: ${event.instances} of ${event.instances} instances answer ${short(event.bundle)}   ${duration(event.ms)}`;
    case 'config/went-back':
      return `Went back  ${event.slots.join(', ')}: ${event.because}`;
    case 'config/retired':
      return `Retired    ${counted(event.bundles, 'old bundle')} from the opcache of ${event.slot}`;
    case 'config/pruned':
      return `Pruned     ${counted(event.bundles, 'old bundle')} from the disk`;
  }
}

export function pushText(result: PushResult, verb: 'push' | 'rollback'): string {
  const where = result.slots.map(({ slot, instances }) => `${slot} (${instances})`).join(', ');
  switch (result.state) {
    case 'planned':
      return plannedText(result, verb);
    case 'already-live':
      return `Already live: ${short(result.bundle)} on ${where}; nothing was changed`;
    case 'live':
      return `Live       ${short(result.bundle)} on ${where} in ${duration(result.activateMs)}; nothing was built or restarted\n${undoText(result, verb)}`;
  }
}

function undoText({ previous }: PushResult, verb: 'push' | 'rollback'): string {
  if (previous === undefined) return 'The first bundle here: nothing to go back to yet';
  if (verb === 'push') return `Undo with  mwpipe config rollback     (back to ${short(previous)}, staged)`;
  return `Undo with  mwpipe config rollback ${short(previous)}     (staged)`;
}

function plannedText({ bundle, plan, slots }: PushResult, verb: 'push' | 'rollback'): string {
  if (plan.moves.length === 0) return `Already live: ${short(bundle)} on ${slots.map(({ slot }) => slot).join(', ')}`;
  const moves = plan.moves.map(({ slot, from, because }) => [
    slot,
    `${from === undefined ? 'nothing' : short(from)} → ${short(bundle)}`,
    because,
  ]);
  return `Plan: move ${counted(plan.moves.length, 'pointer')}\n${table(moves)}\nDo it with  mwpipe config ${verb}`;
}

export function checkText({ bundle, images, warnings }: AcceptedBundle): string {
  const warned = warnings.length === 0 ? '' : `, with ${counted(warnings.length, 'warning')}`;
  return `Accepted   bundle ${short(bundle)} by ${images.map(short).join(', ')}${warned}\nMake it live with  mwpipe config push`;
}

export function diffText({ bundle, slots }: ConfigDiff): string {
  const changed = slots.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) return `No setting differs from what is live (bundle ${short(bundle)})`;
  const parts = changed.map(({ slot, from, changes }) => {
    const head = `${slot}: ${counted(changes.length, 'change')} (${from === undefined ? 'no bundle' : short(from)} → ${short(bundle)})`;
    return [head, ...changes.map(changeText)].join('\n');
  });
  return `${parts.join('\n')}\nMake it live with  mwpipe config push`;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

const MOST_SHOWN = 60;

function changeText({ setting, before, after, at }: SettingChange): string {
  const where = at === undefined ? 'set by PHP' : placeText(at);
  return `  ${setting}   ${valueText(before)} → ${valueText(after)}   ${where}`;
}

function valueText(value: unknown): string {
  if (value === undefined) return 'not set';
  const text = JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
