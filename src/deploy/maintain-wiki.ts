/** MediaWiki's own maintenance, each in a container of its own with the release's image: install, update. */
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import type { DeployEvent } from './events.ts';
import type { DeployPlan } from './plan-deploy.ts';
import type { NamedWork, SlotRelease, Target } from './ports.ts';

const SECRETS = '/run/secrets/mwpipe';
const MINUTES = 60_000;

/**
 * Tables, but not all of core's (`revision` is among the last): the engine or the machine fell over in the middle of the
 * installer, which would not get past them. Only a person can say that nothing else is in there.
 */
const HALF_MADE = `mysqli_report( MYSQLI_REPORT_OFF );
[ $server, $user, $name ] = array_map( "getenv", [ "MWPIPE_DB_SERVER", "MWPIPE_DB_USER", "MWPIPE_DB_NAME" ] );
$db = new mysqli( $server, $user, trim( file_get_contents( "${SECRETS}/database-password" ) ), $name );
$tables = array_column( $db->query( "SHOW TABLES" )->fetch_all(), 0 );
if ( $tables && !in_array( "revision", $tables, true ) ) {
  fwrite( STDERR, "the database $name has a part of its tables: an earlier installer was cut off. DROP DATABASE $name, then the same command again\n" );
  exit( 1 );
}`;

/**
 * Core's tables and the first account. The image ships a LocalSettings.php, which the installer would refuse to go
 * past: MW_CONFIG_FILE names one that isn't there. Where the tables are there it leaves them alone.
 */
const INSTALL = `set -e
if [ "$MWPIPE_DB_TYPE" = sqlite ]; then
  set -- --dbtype sqlite --dbpath /srv/data
else
  php -r '${HALF_MADE}'
  set -- --dbtype mysql --dbserver "$MWPIPE_DB_SERVER" --dbuser "$MWPIPE_DB_USER" --dbpassfile ${SECRETS}/database-password
fi
exec php maintenance/run.php install "$@" --dbname "$MWPIPE_DB_NAME" --server "$MWPIPE_SERVER" --scriptpath '' \
  --lang "\${MWPIPE_LANGUAGE:-en}" --passfile ${SECRETS}/admin-password --confpath /tmp Wiki Admin`;

export async function installWiki(
  release: SlotRelease,
  target: Target,
  context: RunContext<DeployEvent>,
): Promise<Outcome<void>> {
  const started = context.clock.now();
  const env = { MW_CONFIG_FILE: '/tmp/none.php' };
  const work: NamedWork = { name: 'install.php', argv: ['sh', '-c', INSTALL], env, deadlineMs: 5 * MINUTES };
  const done = await maintain({ release, work }, target, context);
  if (done.ok) context.emit({ code: 'deploy/installed', ms: context.clock.now() - started });
  return done;
}

/** Sessions have a table of their own (see platform.php): update.php empties `objectcache`, and would log everybody out. */
const UPDATE = `set -e
if [ "$MWPIPE_DB_TYPE" = mysql ]; then
  php maintenance/run.php sql $MWPIPE_WIKI_FLAG --query 'CREATE TABLE IF NOT EXISTS mwpipe_session LIKE objectcache'
fi
exec php maintenance/run.php update $MWPIPE_WIKI_FLAG --quick`;

/**
 * Database, tables and first account of one wiki of a farm, with a staged bundle; what is there is left alone. Ctrl-C
 * takes effect when the installer has ended: it would leave half of its tables, and take them for all the next time.
 */
export async function makeWiki(
  {
    release,
    bundle,
    wiki,
  }: {
    readonly release: SlotRelease;
    readonly bundle: string;
    readonly wiki: { readonly name: string; readonly language?: string | undefined };
  },
  target: Target,
  context: RunContext<never>,
): Promise<Outcome<void>> {
  const database = await target.ensureDatabase(wiki.name, silent(context));
  if (!database.ok) return database;
  const install: NamedWork = {
    name: `install.php ${wiki.name}`,
    argv: ['sh', '-c', INSTALL],
    env: { MWPIPE_DB_NAME: wiki.name, MW_CONFIG_FILE: '/tmp/none.php', MWPIPE_LANGUAGE: wiki.language ?? 'en' },
    deadlineMs: 5 * MINUTES,
  };
  const steady = { ...context, signal: new AbortController().signal };
  const installed = await maintain({ release, work: install }, target, steady);
  if (!installed.ok) return installed;
  context.signal.throwIfAborted();
  const update: NamedWork = {
    name: `update.php ${wiki.name}`,
    argv: ['sh', '-c', UPDATE],
    env: { MWPIPE_BUNDLE: bundle, MWPIPE_WIKI_FLAG: `--wiki=${wiki.name}` },
    deadlineMs: 30 * MINUTES,
  };
  return maintain({ release, work: update }, target, context);
}

/** With the new release's bundle, which its slot doesn't point to yet. */
export async function updateTables(
  plan: DeployPlan,
  target: Target,
  context: RunContext<DeployEvent>,
): Promise<Outcome<void>> {
  const started = context.clock.now();
  const argv = ['sh', '-c', UPDATE];
  const env = { MWPIPE_BUNDLE: plan.bundle };
  const work: NamedWork = { name: 'update.php', argv, env, deadlineMs: 30 * MINUTES };
  const done = await maintain({ release: plan, work }, target, context);
  const { because } = plan.tables;
  if (done.ok) context.emit({ code: 'deploy/tables-updated', because, ms: context.clock.now() - started });
  return done;
}

async function maintain(
  { release, work }: { readonly release: SlotRelease; readonly work: NamedWork },
  target: Target,
  context: RunContext<never>,
): Promise<Outcome<void>> {
  const done = await target.runOnce(release, work, silent(context));
  if (!done.ok) return done;
  if (done.value.exitCode === 0) return ok();
  return fail({
    code: 'deploy/maintenance-failed',
    message: `${work.name} ended with ${done.value.exitCode}: ${done.value.output.trim().slice(-600)}`,
    hint: 'the release that is live was not touched; the same command goes on from here',
    exit: 'outside',
  });
}
