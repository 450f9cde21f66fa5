/** What resolving tells of changes under review: which were taken and why, which were not. */
import type { Lockfile, ResolveEvent } from '../../resolve/index.ts';
import { plainText } from './plain-text.ts';

type ChangeEvent = Extract<ResolveEvent, { code: 'resolve/change-noted' | 'resolve/change-applied' }>;

export function changeLine(event: ChangeEvent): string {
  const name = event.patchset === 0 ? `${event.change}` : `${event.change}/${event.patchset}`;
  if (event.code === 'resolve/change-applied') {
    const subject = event.subject === undefined ? '' : `  ${plainText(event.subject)}`;
    return `${event.component}: ${name} on top (${event.because})${subject}`;
  }
  return `${plainText(event.project)} ${name}: ${NOTES[event.note]} (${plainText(event.detail)})`;
}

const NOTES: Readonly<Record<Extract<ChangeEvent, { code: 'resolve/change-noted' }>['note'], string>> = {
  'left-out': 'left out, the set does not have it',
  merged: 'merged, nothing to apply',
  contained: 'contained already, nothing to apply',
  'newer-patchset': 'not the newest',
  'other-branch': 'carried to another branch',
  private: 'private',
  'work-in-progress': 'work in progress',
  abandoned: 'abandoned',
  'not-mergeable': 'has conflicts where it is',
  'unread-footer': 'a Depends-On that names no change',
  'submodule-moved': 'moves a submodule',
};

/** `Echo  1099123/3  asked for`, in the order in which they were applied. */
export function changeRows(lock: Lockfile): string[][] {
  return lock.components.flatMap(({ name, patch }) =>
    (patch?.changes ?? []).map(({ change, patchset, because }) => [name, `${change}/${patchset}`, because]),
  );
}
