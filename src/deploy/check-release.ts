/** Asks a release through the router, by pin, as users will: the last thing before it may get any of them. */
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import { checksOf, type Check, type CheckedRelease } from './checks.ts';
import type { DeployEvent } from './events.ts';
import type { Page, Wiki } from './ports.ts';

type Context = RunContext<DeployEvent>;

/** Until the router has found a new instance. */
const PATIENCE_MS = 30_000;

/** Each check once for each instance. @returns fails with `deploy/check-failed` (failed), `deploy/no-answer` */
export async function checkRelease(
  release: CheckedRelease & { readonly instances: number },
  wiki: Wiki,
  context: Context,
): Promise<Outcome<void>> {
  const reachable = await waitForRouter(release, wiki, context);
  if (!reachable.ok) return reachable;
  for (let round = 0; round < release.instances; round += 1) {
    for (const check of checksOf(release)) {
      const passed = await runCheck({ check, slot: release.slot }, wiki, context);
      if (!passed.ok) return passed;
    }
  }
  return ok();
}

/** 503 without a release is the router's own: it has found no instance of the slot yet. */
async function waitForRouter({ slot }: CheckedRelease, wiki: Wiki, context: Context): Promise<Outcome<void>> {
  const deadline = context.clock.now() + PATIENCE_MS;
  for (;;) {
    const page = await wiki.get('/api.php', slot, silent(context));
    if (!page.ok) return page;
    if (!isRouters(page.value)) return ok();
    if (context.clock.now() > deadline)
      return checkFailed({ name: 'reachable', slot, why: `the router finds no instance of ${slot}` });
    await context.clock.sleep(300, context.signal);
  }
}

function isRouters({ status, headers }: Page): boolean {
  return status === 503 && headers['x-mwpipe-release'] === undefined;
}

async function runCheck(
  { check, slot }: { readonly check: Check; readonly slot: string },
  wiki: Wiki,
  context: Context,
): Promise<Outcome<void>> {
  const page = await wiki.get(check.path, slot, silent(context));
  if (!page.ok) return page;
  const why = check.problem(page.value);
  if (why === undefined) {
    context.emit({ code: 'deploy/check-passed', check: check.name, slot, ms: Math.round(page.value.ms) });
    return ok();
  }
  context.emit({ code: 'deploy/check-failed', check: check.name, slot, because: why });
  return checkFailed({ name: check.name, slot, why });
}

function checkFailed({
  name,
  slot,
  why,
}: {
  readonly name: string;
  readonly slot: string;
  readonly why: string;
}): Outcome<never> {
  return fail({
    code: 'deploy/check-failed',
    message: `check ${name} on ${slot}: ${why}`,
    hint: 'no user was sent there; see what the image does with: mwpipe shell run',
    exit: 'failed',
  });
}
