/** Real MediaWiki on a bench target: its database, made once, shared by all instances. */
import { act } from './act.ts';
import type { DockerTarget } from './docker-target.ts';
import type { OverlayPushes } from './overlay-pushes.ts';

export async function installWiki(target: DockerTarget, overlay: OverlayPushes): Promise<void> {
  const maintenance = (command: string, env = ''): Promise<string> =>
    target.inInstance(
      `cd /srv/mediawiki && ${env} su -s /bin/sh -p www-data -c 'php maintenance/run.php ${command}' 2>&1 | tail -3`,
      1,
    );
  const to = '--dbtype sqlite --dbpath /srv/data --dbname demowiki --server http://localhost:8080 --scriptpath ""';
  await maintenance(
    `install ${to} --pass adminpassword123 --confpath /tmp MainWiki Admin`,
    'MW_CONFIG_FILE=/tmp/none.php',
  );
  await act({ host: target.host, slot: 'blue' }, overlay.bundle(0), []);
  await maintenance('update --quick');
}

/** So that a wiki of another name answers as well: a probe asks the first of a farm. */
export async function copyWiki(target: DockerTarget, name: string): Promise<void> {
  await target.inInstance(`cd /srv/data && cp -p demowiki.sqlite ${name}.sqlite`, 1);
}
