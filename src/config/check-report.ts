/** What images/common/php/check.php answers: mistakes with file and line, and the effective settings. */
import { z } from 'zod';

const mistakeSchema = z.object({
  /** PHP's: `parse error`, `fatal error`, `warning`, `notice`, `deprecated`. */
  level: z.string(),
  message: z.string(),
  /** In the bundle; absolute where it is none of the bundle's; '' where unknown. */
  file: z.string(),
  line: z.number(),
});
const reportSchema = z.object({
  mistakes: z.array(mistakeSchema),
  settings: z.record(z.string(), z.unknown()).nullable(),
  known: z.array(z.string()),
});

export type PhpMistake = z.output<typeof mistakeSchema>;
export type CheckReport = z.output<typeof reportSchema>;

/** Undefined where that isn't a report: the program ended before it could say anything. */
export function parseCheckReport(text: string): CheckReport | undefined {
  try {
    return reportSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
