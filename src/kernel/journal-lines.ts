/** A journal as text, a line an entry: what every home writes, and reads back without a line that a kill cut off. */
import { z } from 'zod';
import type { JournalEntry } from './home.ts';

const entrySchema = z.object({
  at: z.string(),
  run: z.string(),
  phase: z.enum(['intent', 'done', 'failed']),
  act: z.string(),
  data: z.record(z.string(), z.unknown()).exactOptional(),
});

export function parseJournal(text: string): JournalEntry[] {
  return text.split('\n').flatMap((line) => {
    const entry = entrySchema.safeParse(parsed(line));
    return entry.success ? [entry.data] : [];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
