/** Which names settings.yaml may set: MediaWiki's and the overlays' own, but not what the platform decides. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import type { YamlDocument } from '../../kernel/yaml-document.ts';

/** What images/common/php/platform.php takes from the environment: an overlay must not point a wiki elsewhere. */
const PLATFORM = new Set([
  ...['wgDBtype', 'wgDBserver', 'wgDBname', 'wgDBuser', 'wgDBpassword', 'wgDBservers', 'wgSQLiteDataDir'],
  ...['wgLBFactoryConf', 'wgSecretKey', 'wgUpgradeKey', 'wgServer', 'wgCanonicalServer', 'wgScriptPath'],
  ...['wgLocalisationCacheConf', 'wgSessionCacheType', 'wgCacheDirectory', 'wgConf', 'wgLocalDatabases'],
]);

export function wrongSettingName(setting: string, document: YamlDocument<unknown>): Diagnostic | undefined {
  const name = setting.replace(/^\+/, '');
  if (PLATFORM.has(name)) {
    const message = `${name} is the platform's: it comes from where the wiki runs`;
    const hint = 'take it out; see mwpipe.yaml for the target';
    return { code: 'config/platform-setting', message, hint, at: document.keyAt([setting]) };
  }
  if (/^wm?g[A-Z]\w*$/.test(name)) return undefined;
  const hint = name.startsWith('$')
    ? `without the $: ${name.slice(1)}`
    : 'settings start with wg (or wmg, for what only CommonSettings.php reads)';
  const message = `${quote(setting)} is no name of a setting`;
  return { code: 'config/bad-setting-name', message, hint, at: document.keyAt([setting]) };
}
