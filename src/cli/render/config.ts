/** config's events and results as people read them. */
import type { AcceptedBundle, ConfigEvent, PushResult } from '../../config/index.ts';
import { short } from '../../kernel/digest.ts';
import { diagnosticText } from './diagnostic.ts';
import type { Line } from './renderer.ts';
import { duration, size, table } from './units.ts';

export function plainLine(event: ConfigEvent): Line {
  switch (event.code) {
    case 'config/staged':
      return `Staged     bundle ${short(event.bundle)}: ${event.files} files, ${size(event.bytes)} packed${event.state === 'present' ? ', there already' : ''}   ${duration(event.ms)}`;
    case 'config/evaluating':
      return {
        progress: `evaluated ${String(event.done)}${event.of === undefined ? '' : ` of ${String(event.of)}`} wikis in image ${short(event.image)}`,
      };
    case 'config/checked':
      return `Checked    in image ${short(event.image)}: ${counted(event.files, 'file')} parse · ${counted(event.known, 'setting')} known (types match) · ${counted(event.evaluations, 'evaluation')}, no notice   ${duration(event.ms)}`;
    case 'config/warned':
      return diagnosticText(event.diagnostic, false).trimEnd();
    case 'config/pointed':
      return `Pointed    ${event.slot}: ${event.from === undefined ? 'nothing' : short(event.from)} → ${short(event.to)}`;
    case 'config/confirmed':
      return `Active     ${event.slot}: ${event.instances} of ${event.of} instances answer ${short(event.bundle)}   ${duration(event.ms)}`;
    case 'config/canaries-active':
      return `Canaries   ${event.canaries.map(({ slot, instances }) => `${slot}: ${instances.join(', ')}`).join('; ')} have ${short(event.bundle)}; watched for ${duration(event.soakSeconds * 1000)}`;
    case 'config/soaking':
      return { progress: soakText(event) };
    case 'config/soaked':
      return `Soaked     ${event.because} → pass   ${duration(event.ms)}`;
    case 'config/set-aside':
      return `Set aside  ${event.instances.join(', ')} of ${event.slot}, no users get there: ${event.because}`;
    case 'config/brought-back':
      return `Back in    ${event.instances.join(', ')} of ${event.slot}`;
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
      return [`Already live: ${short(result.bundle)} on ${where}; nothing was changed`, ...asideLines(result)].join(
        '\n',
      );
    case 'waiting':
      return waitingText(result);
    case 'live':
      return [
        `Live       ${short(result.bundle)} on ${where} in ${duration(result.activateMs)}; nothing was built or restarted`,
        ...asideLines(result),
        undoText(result, verb),
      ].join('\n');
  }
}

function asideLines({ aside }: PushResult): string[] {
  return aside.map(
    ({ slot, instances }) =>
      `Not on     ${instances.join(', ')} of ${slot}: they get no users until a push finds them well`,
  );
}

function waitingText({ bundle, pin }: PushResult): string {
  const until = new Date((pin?.expires ?? 0) * 1000).toISOString();
  return `Waiting    ${short(bundle)} is checked and staged; only requests with this header get it, until ${until}:
  X-Mwpipe-Bundle-Pin: ${pin?.value ?? ''}
Look with  curl -H 'X-Mwpipe-Bundle-Pin: ${pin?.value ?? ''}' ${pin?.url ?? ''}
Go on with mwpipe config push; to give up, do nothing`;
}

function soakText({
  seconds,
  of,
  canaries,
  others,
  probes,
}: ConfigEvent & { readonly code: 'config/soaking' }): string {
  const share = ({ requests, errors }: { requests: number; errors: number }) =>
    `${String(errors)} errors in ${String(requests)} requests`;
  return `soaking ${seconds.toFixed(0)} of ${of} s: ${share(canaries)} (others ${share(others)}), ${String(probes.answered)} probes answered`;
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

export function checkText({ bundle, images, warnings, raw }: AcceptedBundle): string {
  const warned = warnings.length === 0 ? '' : `, with ${counted(warnings.length, 'warning')}`;
  const next = raw === true ? 'See what it changes with  mwpipe config diff' : 'Make it live with  mwpipe config push';
  return `Accepted   bundle ${short(bundle)} by ${images.map(short).join(', ')}${warned}\n${next}`;
}

function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en-GB')} ${thing}${count === 1 ? '' : 's'}`;
}
