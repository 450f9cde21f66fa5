/** A digest of the files of an image that decide the wiki's tables: where it's the same, update.php has nothing to do. */
import { fail, ok, type Outcome } from '../kernel/outcome.ts';
import { silent, type RunContext } from '../kernel/run-context.ts';
import type { Runner } from '../kernel/runner.ts';

/** Table definitions and patches, core's updaters, and whatever mentions the hook by which extensions add tables. */
const SCRIPT = `set -e
cd /srv/mediawiki
{
  find . -path ./vendor -prune -o -path '*/tests/*' -prune -o -type f \\( -name '*.sql' -o -path '*/sql/*' \\
    -o -path '*/db_patches/*' -o -name '*Schema*.php' -o -name '*Updater.php' -o -name '*Installer.php' \\) -print0
  grep -rlZ --include='*.php' LoadExtensionSchemaUpdates extensions skins || true
} | sort -zu | xargs -0 sha256sum | sha256sum`;

const DEADLINE_MS = 60_000;

/** @returns fails as the runner does, and with `deploy/not-mediawiki` */
export async function readTables(image: string, runner: Runner, context: RunContext<never>): Promise<Outcome<string>> {
  let said = '';
  const request = { image, argv: ['sh', '-c', SCRIPT], deadlineMs: DEADLINE_MS };
  const sink = { stdout: (text: string) => void (said += text), stderr: () => undefined };
  const done = await runner.run(request, sink, silent(context));
  if (!done.ok) return done;
  const digest = /^[0-9a-f]{64}/.exec(said)?.[0];
  if (done.value.exitCode === 0 && digest !== undefined) return ok(digest);
  return fail({
    code: 'deploy/not-mediawiki',
    message: `image ${image} has no MediaWiki in /srv/mediawiki`,
    hint: 'mwpipe build makes one',
    exit: 'input',
  });
}
