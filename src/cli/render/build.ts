/** What building tells people: what took time while it ran, then what is new, why, and how much was sent. */
import type { BuildEvent, BuiltImage, ImagePlan, PlannedLayer } from '../../build/index.ts';
import { stepLine } from './steps.ts';
import { short } from '../../kernel/digest.ts';
import type { Shown } from '../run.ts';
import type { Line } from './renderer.ts';
import { duration, size, table } from './units.ts';

export function plainLine(event: BuildEvent): Line | undefined {
  switch (event.code) {
    case 'build/step-started':
    case 'build/step-progress':
    case 'build/step-made':
    case 'build/step-reused':
    case 'build/step-left-stale':
    case 'build/audit-found':
    case 'build/audit-done':
    case 'build/audit-not-done':
    case 'build/foreign-pipeline':
      return stepLine(event);
    case 'build/base-started':
      return `base: bootstrapping Debian ${event.debian} (once, about a minute)`;
    case 'build/base-progress':
      return { progress: `base: ${event.text}` };
    case 'build/base-made':
      return `base: Debian ${event.debian}, ${size(event.bytes)}, ${duration(event.ms)}`;
    case 'build/runtime-started':
      return `runtime ${event.runtime}: building (${event.because})`;
    case 'build/runtime-progress':
      return { progress: `runtime ${event.runtime}: ${event.text}` };
    case 'build/runtime-made':
      return `runtime ${event.runtime}: ${size(event.bytes)}, ${duration(event.ms)}`;
    case 'build/runtime-taken':
      return {
        progress: `runtime ${event.runtime}: taken into the cache (${size(event.bytes)}, ${duration(event.ms)})`,
      };
    case 'build/runtime-reused':
    case 'build/layer-reused':
    case 'build/image-there':
      return undefined;
    case 'build/layer-made':
      return { progress: `made ${event.layer} (${size(event.bytes)}, ${duration(event.ms)})` };
    case 'build/entry-skipped':
      return `${event.component}: ${event.path} left out (${event.because})`;
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
    `Bytes    ${size(made)} made · ${size(sentBytes)} sent   (MediaWiki's layers are ${size(wholeBytes(built))})`,
    `Built    ${tag}  ${short(imageId)}  ${duration(facts.ms)}`,
    'Next     mwpipe deploy',
  ].join('\n');
  return { text, json: built };
}

export function showPlan(plan: ImagePlan): Shown {
  const bytes = `Bytes    about ${size(plan.makeBytes)} to make · ${size(plan.sendBytes)} to send`;
  return { text: [...planLines(plan), bytes, `Next     mwpipe build ${plan.set}`].join('\n'), json: plan };
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
  return [state, layer.name, size(layer.bytes), layer.because];
}

function movedRow(layers: readonly PlannedLayer[]): string[] {
  const bytes = layers.reduce((total, layer) => total + layer.bytes, 0);
  return ['sent', `${layers.length} layers made before`, size(bytes), layers[0]?.because ?? ''];
}

function shortened(rows: readonly string[][]): string[][] {
  if (rows.length <= ROWS) return [...rows];
  return [...rows.slice(0, ROWS), ['new', `and ${rows.length - ROWS} more`, '', '']];
}

function wholeBytes({ layers }: BuiltImage): number {
  return layers.filter(({ state }) => state !== 'runtime').reduce((total, layer) => total + layer.bytes, 0);
}
