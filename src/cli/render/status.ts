/** A target on one screen: who gets what, what holds it, what runs, what came before. */
import { short } from '../../kernel/digest.ts';
import type { SlotStatus, TargetStatus } from '../../release/index.ts';
import { configActText } from './config-act.ts';
import { percent, table } from './units.ts';

export function statusText(status: TargetStatus): string {
  const { live, slots, url, target } = status;
  const current = slots.find(({ slot }) => slot === live)?.release;
  const head =
    current === undefined
      ? `Target ${target}: nothing is live`
      : `Live       release ${current.number}: MediaWiki ${current.mediawiki} (${current.set}) on ${live ?? ''}   ${url}`;
  return [
    head,
    '',
    table([['', 'slot', '', 'traffic', 'release', 'image', 'bundle', 'instances'], ...slots.map(slotRow)], ''),
    '',
    ...notes(status),
  ].join('\n');
}

function slotRow({ slot, role, share, release, bundle, instances }: SlotStatus): string[] {
  const filled = Math.round(share * 10);
  return [
    role === 'live' ? '●' : role === 'free' ? '○' : '◐',
    slot,
    role,
    `${'█'.repeat(filled)}${'░'.repeat(10 - filled)} ${percent(share)}`,
    release === undefined ? '' : String(release.number),
    release === undefined ? '' : short(release.image),
    bundle === undefined ? '' : short(bundle),
    instancesText(instances),
  ];
}

function instancesText(instances: SlotStatus['instances']): string {
  const wrong = instances.filter(({ state }) => state !== 'ready');
  const ready = `${instances.length - wrong.length} of ${instances.length} ready`;
  if (instances.length === 0) return '';
  return wrong.length === 0 ? ready : `${ready} (${wrong.map(({ name, state }) => `${name} ${state}`).join(', ')})`;
}

function notes({ router, lease, unfinished, releases, target }: TargetStatus): string[] {
  const to = target === 'docker' ? '' : ` --to ${target}`;
  const bad = releases.filter(({ state }) => state === 'bad');
  return [
    ...(router === 'answers' ? [] : ["The router can't be asked: mwpipe logs router"]),
    ...(lease === undefined
      ? []
      : [`At work    ${lease.who}: ${lease.reason}, since ${lease.since} (process ${lease.pid} on ${lease.host})`]),
    ...(unfinished === undefined
      ? []
      : [
          `Unfinished the rollout of release ${unfinished.release}: mwpipe deploy --resume${to}, or mwpipe rollback${to}`,
          ...unfinished.config.map((act) => `           ${configActText(act)}`),
        ]),
    ...bad.map(({ number, because = '' }) => `Bad        release ${number}: ${because}`),
    `Next       mwpipe deploy${to} · mwpipe config push${to} · mwpipe logs${to}`,
  ];
}
