/** What npm's registry knows of a component's packages: told, or from a severity on a reason not to run its steps. */
import { SEVERITIES, type Severity } from '../../kernel/build-steps.ts';
import type { Diagnostic } from '../../kernel/diagnostic.ts';
import { ok, settle, type Outcome } from '../../kernel/outcome.ts';
import { silent, type RunContext } from '../../kernel/run-context.ts';
import type { LockedComponent } from '../../resolve/index.ts';
import { openTree } from '../layers/open-tree.ts';
import type { StepsEvent } from '../steps-events.ts';
import type { Advisory, AdvisoryAnswer, StepPorts } from '../steps-ports.ts';
import { effectiveTrees, isEmbargoed } from './component-tree.ts';
import { npmPackages } from './npm-packages.ts';

export type Audit = { readonly component: string } & (
  | { readonly done: true; readonly packages: number; readonly found: readonly Advisory[] }
  | { readonly done: false; readonly because: string }
);

export interface AuditRequest {
  readonly component: LockedComponent;
  /** What its steps ask for: the mildest counts. */
  readonly thresholds: readonly Severity[];
}

const LOCK = 'package-lock.json';
type Context = RunContext<StepsEvent>;

/** @returns undefined where there is no package-lock.json; fails with `build/audit-failed` */
export async function auditComponent(
  { component, thresholds }: AuditRequest,
  { objects, advisories }: Pick<StepPorts, 'objects' | 'advisories'>,
  context: Context,
): Promise<Outcome<Audit | undefined>> {
  const [mounted] = effectiveTrees(component);
  if (mounted === undefined) return ok(undefined);
  const opened = await openTree({ ...mounted, tree: component.tree }, objects, silent(context));
  if (!opened.ok) return opened;
  const file = await objects.file({ url: mounted.url, id: mounted.tree }, LOCK);
  if (file === undefined) return ok(undefined);
  const packages = npmPackages(file.toString('utf8'));
  const answer = await ask(component, { packages, advisories }, context);
  if (!answer.answered) {
    context.emit({ code: 'build/audit-not-done', component: component.name, because: answer.because });
    return ok({ component: component.name, done: false, because: answer.because });
  }
  return judged(component.name, { answer, packages: packages ?? {}, thresholds }, context);
}

type Packages = Readonly<Record<string, readonly string[]>>;

async function ask(
  component: LockedComponent,
  { packages, advisories }: { readonly packages: Packages | undefined; readonly advisories: StepPorts['advisories'] },
  context: Context,
): Promise<AdvisoryAnswer> {
  if (isEmbargoed(component)) return { answered: false, because: 'it has embargoed patches, and a registry is public' };
  if (packages === undefined) return { answered: false, because: `${LOCK} is no lock of npm` };
  if (Object.keys(packages).length === 0) return { answered: true, advisories: [] };
  return advisories.about(packages, context);
}

function judged(
  component: string,
  said: {
    readonly answer: AdvisoryAnswer & { readonly answered: true };
    readonly packages: Packages;
    readonly thresholds: readonly Severity[];
  },
  context: Context,
): Outcome<Audit> {
  const worst = (one: Advisory): number => SEVERITIES.indexOf(one.severity);
  const found = said.answer.advisories.toSorted((a, b) => worst(b) - worst(a) || (a.package < b.package ? -1 : 1));
  for (const { package: name, severity, title, url } of found) {
    const versions = said.packages[name] ?? [];
    context.emit({ code: 'build/audit-found', component, package: name, versions, severity, title, url });
  }
  const packages = Object.keys(said.packages).length;
  context.emit({ code: 'build/audit-done', component, packages, found: found.length });
  const limit = Math.min(...said.thresholds.map((one) => SEVERITIES.indexOf(one)));
  const failed = found.filter((one) => worst(one) >= limit).map((one) => tooBad(component, one));
  return settle({ component, done: true, packages, found }, failed);
}

function tooBad(component: string, { package: name, severity, title, url, versions }: Advisory): Diagnostic {
  return {
    code: 'build/audit-failed',
    message: `${component}: ${name} ${versions} is ${severity}: ${title}`,
    hint: `update it in ${LOCK} (${url}), or raise "audit:" of the step`,
    exit: 'failed',
  };
}
