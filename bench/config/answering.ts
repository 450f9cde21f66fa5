/** Waits for a server that is just starting. */
import { setTimeout } from 'node:timers/promises';
import { stopped } from './stop.ts';

export async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    if (answer?.ok === true) return;
    await setTimeout(50, undefined, { signal: stopped });
  }
  throw new Error(`${url} never answered`);
}
