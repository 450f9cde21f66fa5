/** What building tells people: what took time while it ran, then what is new, why, and how much was sent. */
import type { BuildEvent, BuiltImage, ImagePlan, PlannedLayer, Verification } from '../../build/index.ts';
import { short } from '../../kernel/digest.ts';
import type { Shown } from '../run.ts';
import { plainText } from './plain-text.ts';
import type { Line } from './renderer.ts';
import { isPublish, publishLine } from './publish.ts';
import { isRuntime, runtimeLine } from './runtime-events.ts';
import { isStep, stepLine } from './steps.ts';
import { isLocalisation, localisationLine } from './localisation.ts';
import { duration, size, table } from './units.ts';

export function plainLine(event: BuildEvent): Line | undefined {
  if (isLocalisation(event)) return localisationLine(event);
  if (isPublish(event)) return publishLine(event);
  if (isStep(event)) return stepLine(event);
  if (isRuntime(event)) return runtimeLine(event);
  switch (event.code) {
    case 'build/layer-reused':
    case 'build/image-there':
      return undefined;
    case 'build/layer-made':
      return { progress: `made ${event.layer} (${size(event.bytes)}, ${duration(event.ms)})` };
    case 'build/output-written':
      return `wrote ${event.kind}:${event.path}`;
    case 'build/layers-cut':
      return event.change === 'first'
        ? undefined
        : `layers ${event.change === 'delta' ? 'got one more delta' : 'were cut anew'} (${event.because}): ${event.file}`;
    case 'build/entry-skipped':
      return `${event.component}: ${event.path} left out (${event.because})`;
    case 'build/tree-described':
      return { progress: `described ${event.component} (${event.packages} packages)` };
    case 'build/runtime-described':
      return { progress: `described the runtime (${event.packages} packages, ${duration(event.ms)})` };
    case 'build/package-list-skipped':
      return `${event.component}: ${plainText(event.path)} not read for the SBOM (${plainText(event.because)})`;
    case 'build/sending':
      return { progress: `sending ${size(event.sentBytes)} of ${size(event.totalBytes)}` };
    case 'build/unpacking':
      return { progress: `the engine unpacks layer ${event.layer} of ${event.layers}` };
    case 'build/partial-load-refused':
      return `the engine wants the whole image: ${event.because}`;
    case 'build/image-sent':
      return `sent ${event.layers === 1 ? '1 layer' : `${event.layers} layers`}, ${size(event.sentBytes)}, ${duration(event.ms)}`;
  }
}

export function showBuilt(built: BuiltImage, facts: { readonly ms: number }): Shown {
  const { plan, imageId, tag, sentBytes } = built;
  const made = built.layers
    .filter((layer) => layer.state === 'made')
    .reduce((total, { blob }) => total + blob.bytes, 0);
  const text = [
    ...planLines(plan),
    ...publishedLines(built),
    `Bytes    ${size(made)} made · ${size(sentBytes)} sent   (MediaWiki's layers are ${size(wholeBytes(built))})`,
    `Built    ${tag}  ${short(imageId)}  ${duration(facts.ms)}`,
    'Next     mwpipe deploy',
  ].join('\n');
  return { text, json: built };
}

export function showVerified(verified: Verification, { ms }: { readonly ms: number }): Shown {
  const differ = verified.layers.filter(({ here, there, sameBlob }) => here !== there || !sameBlob);
  const { imageId, manifestDigest } = verified;
  const rows = differ.map(({ name, here, there }) => [
    'differs',
    name,
    here === there
      ? 'the same tar, compressed to other bytes'
      : `${short(here ?? 'none')} here, ${short(there ?? 'none')} there`,
  ]);
  const lines = verified.same
    ? [
        `Same     ${verified.layers.length} layers, built twice: image ${short(imageId)}, manifest ${short(manifestDigest)}  ${duration(ms)}`,
      ]
    : [
        `Differs  ${differ.length} of ${verified.layers.length} layers, built twice from the same lock and runtime`,
        table(rows),
      ];
  return { text: lines.join('\n'), json: verified, ...(verified.same ? {} : { exit: 'failed' as const }) };
}

export function showPlan(plan: ImagePlan): Shown {
  return {
    text: [
      ...planLines(plan),
      ...containerLines(plan),
      cutLine(plan),
      bytesLine(plan),
      `Next     mwpipe build ${plan.set}`,
    ].join('\n'),
    json: plan,
  };
}

/** What containers make first: their layers' sizes are known afterwards. */
function containerLines({ containers: { steps, languages } }: ImagePlan): string[] {
  const [first, ...others] = languages;
  const more = others.length === 0 ? '' : `; and ${others.length} more languages`;
  const messages = first === undefined ? [] : [`Messages ${first.language}: ${first.because}${more}`];
  return [...steps.map(({ component, step, because }) => `Step     ${component}/${step}: ${because}`), ...messages];
}

function publishedLines({ published }: BuiltImage): string[] {
  return (published?.destinations ?? []).map((one) =>
    one.held ? `Pushed   ${one.reference}` : `Lacking  ${one.registry}: ${one.diagnostics[0].message}`,
  );
}

function bytesLine({ makeBytes, sendBytes, pullBytes }: ImagePlan): string {
  return `Bytes    about ${size(makeBytes)} to make · ${size(sendBytes)} to send · a node that has the last image pulls ${size(pullBytes)}`;
}

function cutLine({ cut }: ImagePlan): string {
  const share = cut.squashAboveBytes === 0 ? 0 : Math.round((cut.deltaBytes / cut.squashAboveBytes) * 100);
  const words = { same: 'as they were', first: 'cut for the first time', delta: 'one more delta', squash: 'cut anew' };
  return `Layers   ${words[cut.change]} (${cut.because}); ${cut.deltas} of ${cut.mostDeltas} deltas, ${share} % of the bytes at which they are cut anew`;
}

/** Above this a cold build would list each component: people want the sum. */
const ROWS = 12;

function planLines(plan: ImagePlan): string[] {
  const fresh = plan.layers.filter((layer) => layer.make);
  const count = `${plan.runtime.layers + plan.layers.length} layers, ${fresh.length} new`;
  const moved = plan.layers.filter((layer) => !layer.make && layer.send);
  const rows = [
    ...(plan.runtime.imageId === undefined ? [['new', `runtime ${plan.runtime.name}`, '', plan.runtime.because]] : []),
    ...shortened(fresh.map((layer) => row('new', layer))),
    ...(moved.length > 3 ? [movedRow(moved)] : moved.map((layer) => row('sent', layer))),
  ];
  return [
    `Image    ${plan.set}, MediaWiki ${plan.mediawiki} on ${plan.runtime.name}   ${count}`,
    ...(rows.length === 0 ? [] : [table(rows)]),
  ];
}

function row(state: string, layer: PlannedLayer): string[] {
  return [state, layer.name, size(layer.blobBytes), layer.because];
}

function movedRow(layers: readonly PlannedLayer[]): string[] {
  const bytes = layers.reduce((total, layer) => total + layer.blobBytes, 0);
  return ['sent', `${layers.length} layers made before`, size(bytes), layers[0]?.because ?? ''];
}

function shortened(rows: readonly string[][]): string[][] {
  if (rows.length <= ROWS) return [...rows];
  return [...rows.slice(0, ROWS), ['new', `and ${rows.length - ROWS} more`, '', '']];
}

function wholeBytes({ layers }: BuiltImage): number {
  return layers.filter(({ state }) => state !== 'runtime').reduce((total, layer) => total + layer.bytes, 0);
}
