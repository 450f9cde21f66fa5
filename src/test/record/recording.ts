/** What a recorded shard wrote: a JSON object a line, `images/common/test/MwpipeRecord.php` says which. */
import { z } from 'zod';

export interface Recording {
  /** What runs before any test: files below MediaWiki's folder, with the lines that ran. */
  readonly boot: ReadonlyMap<string, readonly number[]>;
  /** Test files, with the files that each one's process executed. */
  readonly tests: ReadonlyMap<string, readonly string[]>;
}

const lineSchema = z.union([
  z.object({ boot: z.record(z.string(), z.array(z.number())) }),
  z.object({ test: z.string(), files: z.array(z.string()) }),
]);

/** Undefined without its first line. A line that was cut short is no test: it stays unknown. */
export function readRecording(text: string): Recording | undefined {
  let boot: Recording['boot'] | undefined;
  const tests = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (!parsed.success) continue;
    if ('boot' in parsed.data) boot = new Map(Object.entries(parsed.data.boot));
    else tests.set(parsed.data.test, parsed.data.files);
  }
  return boot === undefined ? undefined : { boot, tests };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
