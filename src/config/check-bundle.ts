/** Checks a bundle with the PHP and the MediaWiki of the image that will serve it: parses, evaluates, known names. */
import type { Diagnostic } from '../kernel/diagnostic.ts';
import { nearest } from '../kernel/nearest.ts';
import { fail, ok, settle, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import type { Mount, Runner } from '../kernel/runner.ts';
import type { Bundle } from './bundle.ts';
import { parseCheckReport, type CheckReport } from './check-report.ts';
import type { ConfigEvent } from './events.ts';
import { locateMistake } from './locate-mistake.ts';

export interface CheckTools {
  readonly runner: Runner;
  /** Where the bundle is: what is mounted at /srv/overlay, with `bundles/<hash>` in it. */
  readonly overlay: Mount;
}

export interface CheckedBundle {
  /** Effective settings by name, MediaWiki's defaults included; secrets left out. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The bundle must be staged, and is not made live. A notice counts as a mistake; what PHP calls deprecated is a warning.
 * @returns fails with `config/php-syntax`, `config/php-fatal`, `config/php-notice` (failed), `config/check-failed`
 */
export async function checkBundle(
  { bundle, image }: { readonly bundle: Bundle; readonly image: string },
  tools: CheckTools,
  context: RunContext<ConfigEvent>,
): Promise<Outcome<CheckedBundle>> {
  const started = context.clock.now();
  const report = await runCheck({ hash: bundle.hash, image }, tools, context);
  if (!report.ok) return report;
  const { mistakes, settings } = report.value;
  const isWarning = ({ level }: { readonly level: string }): boolean => level === 'deprecated';
  const wrong = mistakes.filter((mistake) => !isWarning(mistake)).map((mistake) => locateMistake(bundle, mistake));
  if (settings === null && wrong.length === 0) wrong.push(saidNothing());
  const warnings = [
    ...mistakes.filter(isWarning).map((mistake) => locateMistake(bundle, mistake)),
    ...unknownNames(bundle, report.value.known),
  ];
  if (wrong.length > 0 || settings === null) return settle(undefined as never, wrong);
  const ms = context.clock.now() - started;
  context.emit({ code: 'config/checked', bundle: bundle.hash, image, settings: Object.keys(settings).length, ms });
  return ok({ settings, warnings });
}

/** The settings that a staged bundle evaluates to, for a comparison: its mistakes are history. */
export async function effectiveSettings(
  staged: { readonly hash: string; readonly image: string },
  tools: CheckTools,
  context: RunContext<never>,
): Promise<Outcome<Readonly<Record<string, unknown>>>> {
  const report = await runCheck(staged, tools, context);
  return report.ok ? ok(report.value.settings ?? {}) : report;
}

async function runCheck(
  staged: { readonly hash: string; readonly image: string },
  tools: CheckTools,
  context: RunContext<never>,
): Promise<Outcome<CheckReport>> {
  const said = { stdout: '', stderr: '' };
  const output = {
    stdout: (text: string) => void (said.stdout += text),
    stderr: (text: string) => void (said.stderr += text),
  };
  const request = {
    image: staged.image,
    argv: ['php', '/usr/local/lib/mwpipe/check.php'],
    env: { MWPIPE_BUNDLE: staged.hash },
    mounts: [tools.overlay],
    deadlineMs: 60_000,
  };
  const result = await tools.runner.run(request, output, silent(context));
  if (!result.ok) return result;
  const report = parseCheckReport(said.stdout);
  if (report !== undefined) return ok(report);
  const why = result.value.timedOut ? 'it took more than a minute' : (said.stderr || said.stdout).trim().slice(-500);
  return fail({
    code: 'config/check-failed',
    message: `the check ended without an answer: ${why || `exit code ${result.value.exitCode}`}`,
    hint: 'is this image one that mwpipe built? mwpipe build',
    exit: 'outside',
  });
}

function saidNothing(): Diagnostic {
  return {
    code: 'config/php-fatal',
    message: 'evaluating the settings ended without a word',
    hint: 'does something call exit() or die()? nothing was made live',
    exit: 'failed',
  };
}

/** Names in settings.yaml that neither core nor a loaded extension declares; `wmg` ones are the overlays' own. */
function unknownNames(bundle: Bundle, known: readonly string[]): Diagnostic[] {
  const names = new Set(known);
  return [...bundle.settings.origins].flatMap(([setting, at]): Diagnostic[] => {
    if (!setting.startsWith('wg') || names.has(setting)) return [];
    const near = nearest(setting, known);
    const hint = near === undefined ? 'is its extension loaded?' : `did you mean ${near}?`;
    return [{ code: 'config/unknown-setting', message: `nothing declares ${setting}`, hint, at }];
  });
}
