/** What an image made of a bundle: the settings of every wiki, and what PHP complained of, each complaint once. */
import type { CheckLine, KnownSetting, PhpMistake } from './check-answer.ts';
import { gatherRows, type Effective, type WikiRow } from './effective.ts';

export interface WikiMistake extends PhpMistake {
  /** Where it showed; empty for a file that doesn't compile. */
  readonly wikis: readonly string[];
}

export interface Evaluation {
  /** MW_VERSION of the image; undefined where no file was run. */
  readonly mediawiki: string | undefined;
  /** How many wikis are to be evaluated by this image. */
  readonly wanted: number;
  readonly effective: Effective;
  readonly mistakes: readonly WikiMistake[];
  /** Wikis whose settings came out differently the second time, and which. */
  readonly unsteady: readonly { readonly wiki: string; readonly settings: readonly string[] }[];
  /** Wikis that weren't evaluated, as too many had failed in one place. */
  readonly skipped: number;
  readonly parsedFiles: number;
  /** By name; undefined where it wasn't asked for. */
  readonly schema: Readonly<Record<string, KnownSetting>> | undefined;
}

export interface EvaluationReader {
  readonly take: (line: CheckLine) => void;
  readonly finish: () => Evaluation;
}

/** @param hash of the bundle: a path that only names it is no difference between two bundles */
export function evaluationReader(hash: string): EvaluationReader {
  const rows: WikiRow[] = [];
  const texts: string[] = [];
  const mistakes = new Map<string, WikiMistake & { wikis: string[] }>();
  const facts = { mediawiki: undefined as string | undefined, wanted: 0, skipped: 0, parsedFiles: 0 };
  const unsteady: Evaluation['unsteady'][number][] = [];
  let schema: Evaluation['schema'];
  const take = (line: CheckLine): void => {
    switch (line.say) {
      case 'mistake':
        noteMistake(mistakes, line);
        return;
      case 'value':
        texts[line.number] = line.text.replaceAll(hash, 'BUNDLE');
        return;
      case 'wiki':
        rows.push({ wiki: line.wiki, set: line.set, gone: line.gone });
        return;
      case 'unsteady':
        unsteady.push({ wiki: line.wiki, settings: line.settings });
        return;
      case 'schema':
        schema = line.settings;
        return;
      case 'about':
        facts.mediawiki = line.mediawiki;
        facts.wanted = line.wikis;
        return;
      case 'parsed':
        facts.parsedFiles = line.files;
        return;
      case 'skipped':
        facts.skipped = line.wikis;
        return;
      case 'end':
    }
  };
  const finish = (): Evaluation => ({
    ...facts,
    schema,
    unsteady,
    effective: gatherRows(rows, texts),
    mistakes: [...mistakes.values()],
  });
  return { take, finish };
}

function noteMistake(
  known: Map<string, WikiMistake & { wikis: string[] }>,
  { wiki, level, message, file, line, count }: Extract<CheckLine, { say: 'mistake' }>,
): void {
  const key = JSON.stringify([level, message, file, line]);
  const same = known.get(key) ?? { level, message, file, line, count, wikis: [] };
  known.set(key, same);
  if (wiki !== null) same.wikis.push(wiki);
}

/** @returns ok where nobody complained but of what is deprecated */
export function isClean({ mistakes, unsteady, skipped }: Evaluation): boolean {
  return unsteady.length === 0 && skipped === 0 && mistakes.every(({ level }) => level === 'deprecated');
}
