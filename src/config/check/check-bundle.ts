/** Checks a bundle with the PHP and the MediaWiki of the images that will serve it: compiles, known settings, evaluates. */
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { ConfigEvent } from '../events.ts';
import { checkSettings, type SettingsCheck } from './check-settings.ts';
import { evaluateBundle, type CheckedSource, type CheckTools, type Evaluated } from './evaluate-bundle.ts';
import type { Effective } from './effective.ts';
import { locateMistake } from './locate-mistake.ts';
import { checkVersions, wikisFor } from './wikis-of-image.ts';

export interface CheckedBundle {
  readonly image: string;
  /** MW_VERSION of the image. */
  readonly mediawiki: string | undefined;
  /** Settings of every wiki, MediaWiki's defaults included; secrets left out. */
  readonly effective: Effective;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Nothing is staged: the bundle travels into the check's container. A notice counts as a mistake; what PHP calls
 * deprecated is a warning, and so is a setting that nothing declares.
 * @param wikis only these, by name. @default all that the image may meet
 * @returns fails with `config/php-*`, `config/wrong-type`, `config/unsteady` (failed), `config/check-failed`
 */
export async function checkBundle(
  wish: { readonly bundle: CheckedSource; readonly image: string; readonly wikis?: readonly string[] },
  tools: CheckTools,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<CheckedBundle>> {
  const { bundle, image } = wish;
  const started = context.clock.now();
  const wikis = wikisFor(bundle, wish.wikis);
  const evaluated = await evaluateBundle({ bundle, image, wikis }, tools, context);
  if (!evaluated.ok) return evaluated;
  const settings = checkSettings(bundle, evaluated.value.schema);
  const found = mistakesOf(bundle, evaluated.value);
  const wrong = [...found.wrong, ...settings.wrong];
  if (wrong.length > 0) return settle(undefined as never, wrong);
  const ms = context.clock.now() - started;
  context.emit({
    code: 'config/checked',
    bundle: bundle.hash,
    image,
    ...factsOf(evaluated.value, settings, bundle),
    ms,
  });
  const { effective, mediawiki } = evaluated.value;
  return ok({ image, mediawiki, effective, warnings: [...found.warnings, ...settings.unknown] });
}

/** All of the images must accept it, and each version that a wiki names must be there. @returns the warnings, each once */
export async function checkInImages(
  wish: { readonly bundle: CheckedSource; readonly images: readonly string[]; readonly wikis?: readonly string[] },
  tools: CheckTools,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<readonly Diagnostic[]>> {
  const warnings = new Map<string, Diagnostic>();
  const versions = new Set<string>();
  const { images, ...rest } = wish;
  for (const image of images) {
    const checked = await checkBundle({ ...rest, image }, tools, context);
    if (!checked.ok) return checked;
    if (checked.value.mediawiki !== undefined) versions.add(checked.value.mediawiki);
    for (const warning of checked.value.warnings) warnings.set(JSON.stringify(warning), warning);
  }
  const missing = checkVersions(wish.bundle, [...versions]);
  if (missing.length > 0 && images.length > 0) return settle(undefined as never, missing);
  for (const warning of warnings.values()) context.emit({ code: 'config/warned', diagnostic: warning });
  return ok([...warnings.values()]);
}

function factsOf(evaluated: Evaluated, settings: SettingsCheck, bundle: CheckedSource) {
  const files = [...bundle.files.keys()].filter((path) => path.endsWith('.php')).length;
  const { effective } = evaluated;
  return { files, known: settings.known, settings: effective.settings.size, evaluations: effective.wikis.length };
}

function mistakesOf(
  bundle: CheckedSource,
  { mistakes, unsteady, skipped, effective, written, wanted: of, mediawiki }: Evaluated,
): { readonly wrong: Diagnostic[]; readonly warnings: Diagnostic[] } {
  const isWarning = ({ level }: { readonly level: string }): boolean => level === 'deprecated';
  const located = (one: (typeof mistakes)[number]): Diagnostic => locateMistake(bundle, one, of);
  const wrong = [
    ...mistakes.filter((mistake) => !isWarning(mistake)).map(located),
    ...unsteady.map(unsteadyWiki),
    ...(skipped > 0 ? [skippedWikis(skipped)] : []),
  ];
  if (wrong.length === 0 && (mediawiki === undefined || effective.wikis.length < of)) wrong.push(saidNothing());
  return { wrong, warnings: [...mistakes.filter(isWarning).map(located), ...written.map(writesTo)] };
}

function unsteadyWiki({ wiki, settings }: { readonly wiki: string; readonly settings: readonly string[] }): Diagnostic {
  const named = settings.length === 0 ? 'whether it works' : settings.slice(0, 5).join(', ');
  return {
    code: 'config/unsteady',
    message: `${named} of ${wiki} came out differently when it was evaluated again`,
    hint: 'does it depend on the time, on chance or on the process? two requests would not agree',
    exit: 'failed',
  };
}

function skippedWikis(skipped: number): Diagnostic {
  return {
    code: 'config/skipped',
    message: `${skipped} more wikis were not evaluated: too many had failed at one place`,
    hint: 'correct that first',
    exit: 'failed',
  };
}

function writesTo(path: string): Diagnostic {
  return {
    code: 'config/writes',
    message: `evaluating the settings wrote to ${path}`,
    hint: 'settings are read for every request: they write nothing',
  };
}

function saidNothing(): Diagnostic {
  return {
    code: 'config/php-fatal',
    message: 'evaluating the settings ended without a word',
    hint: 'nothing was made live',
    exit: 'failed',
  };
}
