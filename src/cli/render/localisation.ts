/** What making the localisation cache tells people. */
import type { BuildEvent } from '../../build/index.ts';
import type { Line } from './renderer.ts';
import { duration, size } from './units.ts';

type LocalisationEvent = Extract<BuildEvent, { readonly code: `build/localisation-${string}` }>;

export function isLocalisation(event: BuildEvent): event is LocalisationEvent {
  return event.code.startsWith('build/localisation-');
}

export function localisationLine(event: LocalisationEvent): Line | undefined {
  switch (event.code) {
    case 'build/localisation-reused':
      return undefined;
    case 'build/localisation-started':
      return `localisation: making ${languages(event.languages)} (${event.first}: ${event.because})`;
    case 'build/localisation-progress':
      return { progress: `localisation: ${event.language}, ${event.done} of ${event.total}` };
    case 'build/localisation-made':
      return `localisation: ${languages(event.languages)}, ${size(event.bytes)}, ${duration(event.ms)}`;
    case 'build/localisation-checked':
      return { progress: `localisation: ${event.languages.join(' and ')} made again, the same bytes` };
    case 'build/localisation-differs':
      return `localisation: ${event.language} is no longer what it was, and no input says why: all languages are made anew`;
    case 'build/localisation-input-unknown':
      return `localisation: ${event.language} depends on ${event.path}, which mwpipe doesn't follow: it is made anew each time`;
  }
}

function languages(count: number): string {
  return count === 1 ? '1 language' : `${count} languages`;
}
