/** What bases and runtimes tell people while they are built, pulled or taken. */
import type { BuildEvent } from '../../build/index.ts';
import { short } from '../../kernel/digest.ts';
import type { Line } from './renderer.ts';
import { duration, size } from './units.ts';

type RuntimeEvent = Exclude<
  Extract<BuildEvent, { code: `build/base-${string}` | `build/runtime-${string}` }>,
  { code: 'build/runtime-described' }
>;

export function isRuntime(event: BuildEvent): event is RuntimeEvent {
  return /^build\/(base|runtime)-(?!described)/.test(event.code);
}

export function runtimeLine(event: RuntimeEvent): Line | undefined {
  switch (event.code) {
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
    case 'build/runtime-differs':
      return `WARNING  runtime ${event.runtime} is not the pinned one: ${event.because}\n         ${event.hint}`;
    case 'build/runtime-pulled':
      return `runtime ${event.runtime}: pulled ${short(event.manifest)} (${size(event.bytes)}, ${duration(event.ms)})`;
    case 'build/runtime-reused':
      return undefined;
  }
}
