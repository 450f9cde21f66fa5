/** A wiki of real MediaWiki on a config target, with overlays of its own that a test can change and push. */
import { randomBytes } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutRoot } from '../../../src/cli/checkout.ts';
import type { ConfigPorts } from '../../../src/config/index.ts';
import { overlayWorld } from '../overlays.ts';
import { configTarget, type ConfigTarget } from './config-target.ts';
import { demoImage } from './demo-image.ts';

export interface ConfigWiki extends AsyncDisposable {
  readonly target: ConfigTarget;
  readonly ports: ConfigPorts;
  /** The workspace: mwpipe.yaml and config-overlays/demo as this checkout has it. */
  readonly root: string;
  /** Adds to CommonSettings.php, or sets the name of the wiki; then push. */
  appendPhp(text: string): Promise<void>;
  resetPhp(): Promise<void>;
  rename(sitename: string): Promise<void>;
  /** Shell in the instance, as the web server's user. */
  maintenance(...argv: readonly string[]): Promise<void>;
}

export async function configWiki(): Promise<ConfigWiki> {
  const target = await configTarget(await demoImage());
  const { root } = await overlayWorld({});
  const overlay = join(root, 'config-overlays/demo');
  await cp(join(checkoutRoot, 'config-overlays/demo'), overlay, { recursive: true });
  await writeFile(
    join(root, 'mwpipe.yaml'),
    `version: 1\ntargets:\n  ${target.name}: { kind: docker, set: demo, overlays: [demo] }\n`,
  );
  const php = join(overlay, 'CommonSettings.php');
  const yaml = join(overlay, 'settings.yaml');
  const original = { php: await readFile(php, 'utf8'), yaml: await readFile(yaml, 'utf8') };
  await target.exec('instance', [
    'sh',
    '-c',
    `echo ${randomBytes(32).toString('hex')} > /run/secrets/mwpipe/secret-key`,
  ]);
  const wiki: ConfigWiki = {
    target,
    ports: target.ports,
    root,
    appendPhp: (text) => writeFile(php, `${original.php}${text}\n`),
    resetPhp: () => writeFile(php, original.php),
    rename: (sitename) => writeFile(yaml, original.yaml.replace('default: mwpipe demo', `default: ${sitename}`)),
    maintenance: async (...argv) => {
      const script = 'cd /srv/mediawiki && exec su -s /bin/sh -p www-data -c "$COMMAND"';
      const command = `php maintenance/run.php ${argv.join(' ')}`;
      const env = { COMMAND: command, ...(argv[0] === 'install' ? { MW_CONFIG_FILE: '/tmp/none.php' } : {}) };
      const done = await target.exec('instance', ['sh', '-c', script], env);
      if (done.exitCode !== 0) throw new Error(`${command}: ${done.stdout}${done.stderr}`);
    },
    [Symbol.asyncDispose]: async () => {
      await target[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
  const to = '--dbtype sqlite --dbpath /srv/data --dbname demowiki --server http://localhost:8080 --scriptpath ""';
  await wiki.maintenance('install', to, '--pass adminpassword123 --confpath /tmp MainWiki Admin');
  return wiki;
}
