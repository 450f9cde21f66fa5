/** A farm of real MediaWiki in one container: two wikis that answer by host name, and one of another version. */
import { randomBytes } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';
import { packBundle } from '../../../src/config/bundle/bundle.ts';
import { composeBundle } from '../../../src/config/index.ts';
import { testContext } from '../context.ts';
import { overlayWorld, valueOf, type OverlayWorld } from '../overlays.ts';
import { configTarget, type ConfigTarget } from './config-target.ts';
import { demoImage } from './demo-image.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface FarmWorld extends AsyncDisposable {
  readonly target: ConfigTarget;
  readonly overlays: OverlayWorld;
  /** MediaWiki's in the image: that of dewiki; enwikinews has any, oldwiki another. */
  readonly version: string;
  /** Past the checks, which refuse a wiki of a version that no image here has: what serves it is looked at here. */
  push(): Promise<void>;
  get(host: string, path?: string): Promise<Answer>;
  /** Shell in the instance, as the web server's user. */
  shell(
    command: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly exitCode: number; readonly text: string }>;
  /** A secret of the target, with its mode. */
  secret(name: string, value: string, mode: string): Promise<void>;
}

export const SITEINFO = '/api.php?action=query&meta=siteinfo&siprop=general|rightsinfo&format=json&formatversion=2';

const WIKIS = `wikis:
  dewiki: { hosts: [de.farm.test, farm.test], version: VERSION, language: de, tags: [wikipedia] }
  enwikinews: { hosts: [en.farm.test], tags: [wikinews] }
  oldwiki: { hosts: [old.farm.test], version: 1.39.17 }
`;

const FILES = {
  'farm/dblists/closed.dblist': 'enwikinews # nobody writes here\n',
  'farm/settings.yaml': `wgSitename: { default: Farm, wikinews: Nachrichten, wikipedia: 'Wikipedia ($lang)' }
+wgGroupPermissions:
  default: { '*': { edit: true } }
  +closed: { reviewer: { patrol: true } }
+wgFileExtensions: { wikipedia: [xcf] }
wmgRights: { default: nobody, closed: all }
`,
  'farm/CommonSettings.php': `<?php
$wgRightsText = $wmgRights . ( in_array( 'wikipedia', MWPIPE_TAGS, true ) ? ', an encyclopedia' : '' );
`,
};

export async function farmWorld(): Promise<FarmWorld> {
  const overlays = await overlayWorld(FILES);
  const target = await configTarget(await demoImage());
  const defined = await target.exec('instance', ['grep', "'MW_VERSION'", '/srv/mediawiki/includes/Defines.php']);
  const version = /'MW_VERSION', '(.*?)'/.exec(defined.stdout)?.[1] ?? '';
  await overlays.write('farm/wikis.yaml', WIKIS.replace('VERSION', version));
  const world: FarmWorld = {
    version,
    target,
    overlays,
    push: async () => {
      const bundle = valueOf(await composeBundle(overlays.root, ['farm']));
      const { host } = target.ports;
      valueOf(await host.stage({ hash: bundle.hash, data: packBundle(bundle) }, testContext()));
      valueOf(await host.point({ slot: 'blue', bundle: bundle.hash }, testContext()));
    },
    get: (host, path = SITEINFO) => ask(`${target.url}${path}`, host),
    shell: async (command, env = {}) => {
      const argv = ['sh', '-c', 'cd /srv/mediawiki && exec su -s /bin/sh -p www-data -c "$COMMAND"'];
      const { exitCode, stdout, stderr } = await target.exec('instance', argv, { ...env, COMMAND: command });
      return { exitCode, text: `${stdout}${stderr}` };
    },
    secret: async (name, value, mode) => {
      const script =
        'cd /run/secrets/mwpipe && printf %s "$VALUE" > "$NAME" && chown www-data "$NAME" && chmod "$MODE" "$NAME"';
      await target.exec('instance', ['sh', '-c', script], { NAME: name, VALUE: value, MODE: mode });
    },
    [Symbol.asyncDispose]: async () => {
      await target[Symbol.asyncDispose]();
      await overlays[Symbol.asyncDispose]();
    },
  };
  await world.secret('secret-key', randomBytes(32).toString('hex'), '600');
  for (const wiki of ['dewiki', 'enwikinews']) await install(world, wiki);
  await world.push();
  return world;
}

async function install(world: FarmWorld, wiki: string): Promise<void> {
  const to = '--dbtype sqlite --dbpath /srv/data --server http://localhost:8080 --scriptpath "" --confpath /tmp';
  const command = `php maintenance/run.php install ${to} --dbname ${wiki} --pass adminpassword123 Main Admin`;
  const done = await world.shell(command, { MW_CONFIG_FILE: '/tmp/none.php' });
  if (done.exitCode !== 0) throw new Error(done.text);
}

/** With a host name of one's own, which fetch doesn't allow. */
function ask(url: string, host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    asking.on('error', reject).end();
  });
}
