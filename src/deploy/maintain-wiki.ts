/** MediaWiki's own maintenance, each in a container of its own with the release's image: install, update. */
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import type { DeployEvent } from './events.ts';
import type { DeployPlan } from './plan-deploy.ts';
import type { SlotRelease, Target, Work } from './ports.ts';

const SECRETS = '/run/secrets/mwpipe';
const MINUTES = 60_000;

/**
 * Core's tables and the first account. The image ships a LocalSettings.php, which the installer would refuse to go
 * past: MW_CONFIG_FILE names one that isn't there. Where the tables are there it leaves them alone.
 */
const INSTALL = `set -e
if [ "$MWPIPE_DB_TYPE" = sqlite ]; then
  set -- --dbtype sqlite --dbpath /srv/data
else
  set -- --dbtype mysql --dbserver "$MWPIPE_DB_SERVER" --dbuser "$MWPIPE_DB_USER" --dbpassfile ${SECRETS}/database-password
fi
exec php maintenance/run.php install "$@" --dbname "$MWPIPE_DB_NAME" --server "$MWPIPE_SERVER" --scriptpath '' \
  --passfile ${SECRETS}/admin-password --confpath /tmp Wiki Admin`;

export async function installWiki(
  release: SlotRelease,
  target: Target,
  context: RunContext<DeployEvent>,
): Promise<Outcome<void>> {
  const started = context.clock.now();
  const env = { MW_CONFIG_FILE: '/tmp/none.php' };
  const work: Work = { argv: ['sh', '-c', INSTALL], env, deadlineMs: 5 * MINUTES };
  const done = await maintain({ name: 'install.php', release, work }, target, context);
  if (done.ok) context.emit({ code: 'deploy/installed', ms: context.clock.now() - started });
  return done;
}

/** Sessions have a table of their own (see platform.php): update.php empties `objectcache`, and would log everybody out. */
const UPDATE = `set -e
if [ "$MWPIPE_DB_TYPE" = mysql ]; then
  php maintenance/run.php sql --query 'CREATE TABLE IF NOT EXISTS mwpipe_session LIKE objectcache'
fi
exec php maintenance/run.php update --quick`;

/** With the new release's bundle, which its slot doesn't point to yet. */
export async function updateTables(
  plan: DeployPlan,
  target: Target,
  context: RunContext<DeployEvent>,
): Promise<Outcome<void>> {
  const started = context.clock.now();
  const argv = ['sh', '-c', UPDATE];
  const work: Work = { argv, env: { MWPIPE_BUNDLE: plan.bundle }, deadlineMs: 30 * MINUTES };
  const done = await maintain({ name: 'update.php', release: plan, work }, target, context);
  const { because } = plan.tables;
  if (done.ok) context.emit({ code: 'deploy/tables-updated', because, ms: context.clock.now() - started });
  return done;
}

async function maintain(
  { name, release, work }: { readonly name: string; readonly release: SlotRelease; readonly work: Work },
  target: Target,
  context: RunContext<DeployEvent>,
): Promise<Outcome<void>> {
  const done = await target.runOnce(release, work, silent(context));
  if (!done.ok) return done;
  if (done.value.exitCode === 0) return ok();
  return fail({
    code: 'deploy/maintenance-failed',
    message: `${name} ended with ${done.value.exitCode}: ${done.value.output.trim().slice(-600)}`,
    hint: 'the release that is live was not touched; the same command goes on from here',
    exit: 'outside',
  });
}
