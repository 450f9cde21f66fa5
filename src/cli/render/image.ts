/** Images as people see them: the answer first, then components and layers, as many as a screen has. */
import {
  hidePrivate,
  withoutPatch,
  type ComponentDiff,
  type ImageDiff,
  type InspectedComponent,
  type InspectedImage,
  type InspectEvent,
  type LayerDiff,
  type VerifiedImage,
} from '../../build/index.ts';
import { short } from '../../kernel/digest.ts';
import type { Shown } from '../run.ts';
import { plainText } from './plain-text.ts';
import type { Line } from './renderer.ts';
import { size, table } from './units.ts';

export function imageLine({ layer, layers, bytes }: InspectEvent): Line {
  return { progress: `checked layer ${layer} of ${layers} (${size(bytes)})` };
}

/** Above this a list is cut: --json has all. */
const ROWS = 24;

interface Seen {
  readonly reveal: boolean;
}

export function showImage(image: InspectedImage, { reveal }: Seen): Shown {
  const shown = reveal ? image : hidePrivate(image);
  const isRuntime = ({ name }: { readonly name: string }): boolean => name.startsWith('runtime ');
  const below = shown.layers.filter(isRuntime);
  const layers = shown.layers.filter((layer) => !isRuntime(layer));
  const text = [
    headline('Image', shown),
    `         ${identity(shown)}`,
    `Holds    ${counted(shown.components.length, 'component')}${patchedText(shown)}`,
    ...cut(shown.components.map(componentRow)),
    `Layers   ${counted(shown.layers.length, 'layer')}, ${bytesText(shown.layers)}`,
    ...cut([
      ...(below.length === 0 ? [] : [['runtime', counted(below.length, 'layer'), bytesText(below)]]),
      ...layers.toReversed().map((layer) => [plainText(layer.name, 40), short(layer.diffId), bytesText([layer])]),
    ]),
  ];
  return { text: text.join('\n'), json: shown };
}

function headline(word: string, { set, mediawiki, runtime, architecture, visibility }: InspectedImage): string {
  const marked = visibility === 'private' ? ', PRIVATE' : '';
  return plainText(`${word.padEnd(8)} ${set}, MediaWiki ${mediawiki} on ${runtime}, ${architecture}${marked}`, 160);
}

function identity({ imageId, manifestDigest, tags }: InspectedImage): string {
  const manifest = manifestDigest === undefined ? [] : [`manifest ${short(manifestDigest)}`];
  return [`ID ${short(imageId)}`, ...manifest, ...tags.map((tag) => plainText(tag))].join(', ');
}

function patchedText({ patchedCount, visibility, components }: InspectedImage): string {
  if (patchedCount === 0) return '';
  const hidden = visibility === 'private' && components.every(({ patched }) => patched === undefined);
  return `, ${patchedCount} patched${hidden ? ' (--reveal says which)' : ''}`;
}

function componentRow({ name, version = '', ref = '', commit, patched }: InspectedComponent): string[] {
  const branch = ref.replace(/^refs\/(heads|tags)\//, '');
  const patch = patched === undefined ? '' : `patched: tree ${patched.slice(0, 7)}`;
  return [
    plainText(name, 40),
    commit.slice(0, 7),
    plainText(version, 20),
    plainText(branch === commit ? '' : branch, 40),
    patch,
  ];
}

export function showImageDiff(diff: ImageDiff, { reveal }: Seen): Shown {
  const isHidden = !reveal && [diff.before, diff.after].some(({ visibility }) => visibility === 'private');
  const shown = isHidden ? hidden(diff) : diff;
  const same = shown.components.length === 0 && shown.layers.length === 0;
  const docker = shown.dockerPullBytes === shown.pullBytes ? '' : `, Docker ${size(shown.dockerPullBytes)}`;
  const kind = shown.bytesAre === 'stored' ? '' : ' (unpacked: an engine knows no more)';
  const text = [
    same
      ? `Same     both are image ${short(shown.after.imageId)}`
      : `Pulls    ${size(shown.pullBytes)}${docker}${kind} for a machine that has the first`,
    headline('From', shown.before),
    headline('To', shown.after),
    `Holds    ${counted(shown.components.length, 'component')} changed, ${shown.sameComponents} the same`,
    ...cut(shown.components.map(changeRow)),
    `Layers   ${counted(shown.sameLayers, 'layer')} shared from below, ${layerCounts(shown.layers)}`,
    ...cut(shown.layers.map((layer) => [layer.state, plainText(layer.name, 40), size(layer.bytes)])),
  ];
  return { text: text.join('\n'), json: shown };
}

/** Which components of a private image have something on top isn't told by what differs, either. */
function hidden(diff: ImageDiff): ImageDiff {
  const layers = diff.layers.map((layer) => (/\(patched\)$/.test(layer.name) ? { ...layer, name: 'private' } : layer));
  const components = diff.components
    .filter(({ state }) => state !== 'patched')
    .map(({ before, after, ...one }) => ({
      ...one,
      ...(before === undefined ? {} : { before: withoutPatch(before) }),
      ...(after === undefined ? {} : { after: withoutPatch(after) }),
    }));
  return { ...diff, layers, components, before: hidePrivate(diff.before), after: hidePrivate(diff.after) };
}

function changeRow({ name, state, before, after }: ComponentDiff): string[] {
  const at = (one: InspectedComponent | undefined): string => one?.commit.slice(0, 7) ?? '';
  const patch = (one: InspectedComponent | undefined): string => one?.patched?.slice(0, 7) ?? 'none';
  const what =
    state === 'patched'
      ? `patch ${patch(before)} → ${patch(after)}`
      : [at(before), at(after)].filter(Boolean).join(' → ');
  return [state, plainText(name, 40), what];
}

function layerCounts(layers: readonly LayerDiff[]): string {
  const groups = Map.groupBy(layers, ({ state }) => state);
  const texts = [...groups].map(([state, some]) => `${some.length} ${state}`);
  return texts.length === 0 ? 'none new' : texts.join(', ');
}

export function showVerifiedImage(verified: VerifiedImage): Shown {
  const { checks, passed, manifestDigest } = verified;
  const rows = checks.map((check) => [check.passed ? 'ok' : 'FAILED', check.name, plainText(check.because, 160)]);
  const head = passed
    ? `Verified manifest ${short(manifestDigest)}`
    : `NOT verified: manifest ${short(manifestDigest)}`;
  return { text: [head, table(rows)].join('\n'), json: verified, ...(passed ? {} : { exit: 'failed' as const }) };
}

function bytesText(layers: InspectedImage['layers']): string {
  const stored = layers.reduce((sum, { blob }) => sum + (blob?.bytes ?? 0), 0);
  const unpacked = layers.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const texts = [...(stored === 0 ? [] : [size(stored)]), ...(unpacked === 0 ? [] : [`${size(unpacked)} unpacked`])];
  return texts.length === 0 ? size(0) : texts.join(', ');
}

function cut(rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const left = rows.length > ROWS ? [[`and ${rows.length - ROWS + 1} more: --json has all`]] : [];
  return [table([...(left.length === 0 ? rows : rows.slice(0, ROWS - 1)), ...left])];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
