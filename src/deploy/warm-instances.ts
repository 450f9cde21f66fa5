/** Instances are slow and fragile when cold: messages are cached and code is compiled before the first user comes. */
import { z } from 'zod';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import type { DeployEvent } from './events.ts';
import type { Instance, Target } from './ports.ts';

const PAGES = [
  '/index.php?title=MediaWiki:Mainpage&uselang=en',
  '/index.php?title=Special:RecentChanges',
  '/load.php?lang=en&modules=startup&only=scripts&raw=1&skin=vector',
  '/load.php?lang=en&modules=site.styles&only=styles&skin=vector',
  '/api.php?action=query&meta=siteinfo&format=json',
];
const DEADLINE_MS = 180_000;
const MESSAGES = ['php', 'maintenance/run.php', 'rebuildLocalisationCache', '--lang=en'];
const answerSchema = z.object({ pages: z.array(z.object({ path: z.string(), status: z.number(), ms: z.number() })) });

/** @returns fails with `deploy/not-warm` (failed) where an instance doesn't answer a page */
export async function warmInstances(
  instances: readonly Instance[],
  target: Target,
  context: RunContext<DeployEvent>,
): Promise<Outcome<void>> {
  const outcomes = await Promise.all(instances.map((instance) => warm(instance, target, context)));
  const together = all(outcomes);
  return together.ok ? ok() : together;
}

async function warm(instance: Instance, target: Target, context: RunContext<DeployEvent>): Promise<Outcome<void>> {
  const started = context.clock.now();
  const built = await target.runIn(instance.name, { argv: MESSAGES, deadlineMs: DEADLINE_MS }, silent(context));
  if (!built.ok) return built;
  if (built.value.exitCode !== 0) return notWarm(instance, built.value.output);
  const argv = ['php', '/usr/local/lib/mwpipe/warm.php', ...PAGES];
  const asked = await target.runIn(instance.name, { argv, deadlineMs: DEADLINE_MS }, silent(context));
  if (!asked.ok) return asked;
  const { pages } = answerSchema.safeParse(parsed(asked.value.output)).data ?? { pages: [] };
  const wrong = pages.find(({ status }) => status < 200 || status >= 400);
  if (wrong !== undefined) return notWarm(instance, `${wrong.path} answered ${wrong.status}`);
  if (asked.value.exitCode !== 0) return notWarm(instance, asked.value.output);
  const ms = context.clock.now() - started;
  context.emit({ code: 'deploy/instance-warmed', instance: instance.name, pages: pages.length, ms });
  return ok();
}

function notWarm({ name, slot }: Instance, why: string): Outcome<never> {
  return fail({
    code: 'deploy/not-warm',
    message: `${name} does not answer as it should: ${why.trim().slice(-400)}`,
    hint: `its log says more: mwpipe logs ${slot}; no user was sent there`,
    exit: 'failed',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
