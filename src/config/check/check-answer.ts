/** What images/common/php/check.php answers: lines of JSON, told apart by `say`. */
import { z } from 'zod';

const mistakeSchema = z.object({
  say: z.literal('mistake'),
  /** Null: of a file, whatever the wiki. */
  wiki: z.string().nullable(),
  /** PHP's (`parse error`, `fatal error`, `warning`, `notice`, `deprecated`), or ours: see locate-mistake.ts. */
  level: z.string(),
  message: z.string(),
  /** In the bundle; absolute where it is none of the bundle's; '' where unknown. */
  file: z.string(),
  line: z.number(),
  count: z.number().default(1),
});

export const knownSettingSchema = z.object({
  /** `core`, or the name of an extension or skin. */
  from: z.string(),
  types: z.array(z.string()),
  /** Type of the default: array, string, int, float, null, true, false. */
  default: z.string(),
});

const lineSchema = z.discriminatedUnion('say', [
  mistakeSchema,
  z.object({ say: z.literal('parsed'), files: z.number(), ms: z.number() }),
  z.object({ say: z.literal('schema'), settings: z.record(z.string(), knownSettingSchema) }),
  z.object({ say: z.literal('about'), mediawiki: z.string(), wikis: z.number() }),
  z.object({ say: z.literal('value'), number: z.number(), text: z.string() }),
  z.object({
    say: z.literal('wiki'),
    wiki: z.string(),
    set: z.record(z.string(), z.number()),
    gone: z.array(z.string()),
  }),
  z.object({ say: z.literal('unsteady'), wiki: z.string(), settings: z.array(z.string()) }),
  z.object({ say: z.literal('skipped'), wikis: z.number() }),
  z.object({ say: z.literal('end'), written: z.array(z.string()).default([]) }),
]);

export type CheckLine = z.output<typeof lineSchema>;
export type PhpMistake = Omit<z.output<typeof mistakeSchema>, 'say' | 'wiki'>;
export type KnownSetting = z.output<typeof knownSettingSchema>;

/** Takes chunks as they come. @param take is called with each line; what isn't one of ours is left out */
export function lineReader(take: (line: CheckLine) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const parsed = parseLine(line);
      if (parsed !== undefined) take(parsed);
    }
  };
}

function parseLine(line: string): CheckLine | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
