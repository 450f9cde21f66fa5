/** What registries tell people: what a push will do, how far it is, what broke and went on, and who holds the image. */
import type { BuildEvent, PublishEvent, PulledImage } from '../../build/index.ts';
import { short } from '../../kernel/digest.ts';
import type { Shown } from '../run.ts';
import type { Line } from './renderer.ts';
import { duration, size } from './units.ts';

export function isPublish(event: BuildEvent): event is PublishEvent {
  return /^build\/(push|pull|registry)/.test(event.code);
}

export function publishLine(event: PublishEvent): Line | undefined {
  switch (event.code) {
    case 'build/push-planned':
      return `${event.registry}: ${bytesOf(event)}   (${event.repository})`;
    case 'build/push-progress':
      return { progress: `${event.registry}: sent ${size(event.sentBytes)} of ${size(event.totalBytes)}` };
    case 'build/push-resumed':
      return `${event.registry}: ${short(event.digest)} goes on at ${size(event.fromBytes)} (${event.because})`;
    case 'build/pushed':
      return `${event.registry}: holds it, ${size(event.sentBytes)} sent, ${duration(event.ms)}`;
    case 'build/push-failed':
      return `${event.registry}: FAILED, ${event.because}`;
    case 'build/registry-waited':
      return { progress: `${event.registry}: waiting ${duration(event.waitMs)} (${event.because})` };
    case 'build/pull-progress':
      return { progress: `${event.registry}: received ${size(event.receivedBytes)} of ${size(event.totalBytes)}` };
    case 'build/pull-skipped':
      return `${event.registry}: ${event.because}; asking the next`;
    case 'build/pulled':
      return `${event.registry}: ${size(event.receivedBytes)} received and verified, ${duration(event.ms)}`;
  }
}

interface Bytes {
  readonly thereBytes: number;
  readonly mountBytes: number;
  readonly sendBytes: number;
}

function bytesOf({ thereBytes, mountBytes, sendBytes }: Bytes): string {
  const mounted = mountBytes === 0 ? '' : ` · ${size(mountBytes)} to mount`;
  return `${size(sendBytes)} to send${mounted} · ${size(thereBytes)} there`;
}

export function showPulled(pulled: PulledImage, facts: { readonly ms: number }): Shown {
  const { registry, receivedBytes, imageId, manifestDigest, layers } = pulled;
  const text = [
    `Pulled   ${short(manifestDigest)} from ${registry}  ${size(receivedBytes)}  ${duration(facts.ms)}`,
    `Image    ${imageId}  ${layers.length} layers, each verified`,
  ].join('\n');
  return { text, json: { registry, receivedBytes, imageId, manifestDigest, layers } };
}
