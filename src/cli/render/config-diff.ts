/** What `mwpipe config diff` says: each change once, with the wikis that it is on, and where it was typed. */
import type { ConfigDiff, ImageDiff, Naming, SettingChange } from '../../config/index.ts';
import { groupWikis, pathName } from '../../config/index.ts';
import { short } from '../../kernel/digest.ts';
import { placeText } from './diagnostic.ts';
import { groupText } from './wiki-group.ts';

export function diffText(diff: ConfigDiff): string {
  const { images, after } = diff;
  if (images.every(isEmpty)) return `No setting differs: ${images.map(headOf(diff)).join('; ') || 'nothing is live'}`;
  const parts = merged(images).map((image) => imageText(image, diff));
  return [
    ...parts,
    ...(after.label === 'the work tree' && after.raw !== true ? ['Make it live with  mwpipe config push'] : []),
  ].join('\n');
}

function isEmpty({ changes, added, removed }: ImageDiff): boolean {
  return changes.length + added.length + removed.length === 0;
}

/** Images that show the same changes are one paragraph. */
function merged(images: readonly ImageDiff[]): ImageDiff[] {
  const same = Map.groupBy(images, ({ changes, added, removed, before }) =>
    JSON.stringify([changes, added, removed, before]),
  );
  return [...same.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, slots: [first, ...others].flatMap(({ slots }) => slots) }],
  );
}

function imageText(image: ImageDiff, diff: ConfigDiff): string {
  const count = image.changes.length;
  const head = `${headOf(diff)(image)}: ${String(count)} change${count === 1 ? '' : 's'}`;
  const wikis = [
    ...(image.added.length === 0 ? [] : [`  new: ${groupText(groupWikis(image.added, diff.naming))}`]),
    ...(image.removed.length === 0 ? [] : [`  gone: ${image.removed.join(', ')}`]),
  ];
  return [head, ...wikis, ...image.changes.map((change) => `  ${changeText(change, diff.naming)}`)].join('\n');
}

const headOf =
  ({ after }: ConfigDiff) =>
  ({ before, slots }: ImageDiff): string => {
    const from = before.bundle === undefined ? `nothing ${before.label}` : `${before.label} ${short(before.bundle)}`;
    const where = slots.length === 0 ? '' : `, on ${slots.join(' and ')}`;
    return `${from} → ${after.label} ${short(after.bundle)}${where}`;
  };

function changeText(change: SettingChange, naming: Naming): string {
  const where = naming.all.length <= 1 ? '' : ` on ${groupText(groupWikis(change.wikis, naming))}`;
  return `${pathName(change.setting, change.path)}: ${arrowText(change)}${where}   ${originText(change)}`;
}

export function originText({ at }: SettingChange): string {
  return at === undefined ? 'set by PHP' : placeText(at);
}

/** `false → true`; of long lists, what goes and what comes. */
function arrowText({ before, after }: Pick<SettingChange, 'before' | 'after'>): string {
  if (Array.isArray(before) && Array.isArray(after) && before.length + after.length > 4) {
    const [old, now] = [before.map(asJson), after.map(asJson)];
    const gone = old.filter((value) => !now.includes(value));
    const come = now.filter((value) => !old.includes(value));
    if (gone.length + come.length > 0) {
      return [...gone.map((value) => `− ${cut(value)}`), ...come.map((value) => `+ ${cut(value)}`)].join(', ');
    }
  }
  return `${valueText(before)} → ${valueText(after)}`;
}

const MOST_SHOWN = 60;

function valueText(value: unknown): string {
  return value === undefined ? 'not set' : cut(asJson(value));
}

function asJson(value: unknown): string {
  return JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

export interface DiffRow {
  readonly wiki: string;
  readonly setting: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly origin: string;
  /** Where several images differ from each other. */
  readonly image?: string;
}

/** For programs: a row for each wiki and setting. */
export function diffRows({ images }: ConfigDiff): DiffRow[] {
  const several = images.length > 1;
  return images.flatMap(({ image, changes }) =>
    changes.flatMap((change) =>
      change.wikis.map((wiki) => ({
        wiki,
        setting: pathName(change.setting, change.path),
        before: change.before,
        after: change.after,
        origin: originText(change),
        ...(several ? { image } : {}),
      })),
    ),
  );
}
