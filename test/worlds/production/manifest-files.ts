/** extension.json or skin.json of a generated repo: what it requires, and its hooks, services and attributes towards that. */
import { namespaceOf, wordOf, type ProductionRepo } from './repos.ts';

export type Lookup = (name: string) => ProductionRepo;

/** By file name: Wikibase has one for its repository and one for its client, and no extension.json. */
export function manifestFiles(repo: ProductionRepo, lookup: Lookup): Readonly<Record<string, string>> {
  if (repo.name === 'Wikibase') {
    const client = { ...manifestOf(repo, lookup), name: 'WikibaseClient' };
    return { 'extension-repo.json': json(manifestOf(repo, lookup)), 'extension-client.json': json(client) };
  }
  return { [repo.kind === 'skin' ? 'skin.json' : 'extension.json']: json(manifestOf(repo, lookup)) };
}

function manifestOf(repo: ProductionRepo, lookup: Lookup): object {
  const word = wordOf(repo.name);
  const key = word.toLowerCase();
  const hard = repo.hard.map(lookup);
  const generated = hard.filter(({ real }) => !real);
  return {
    name: repo.registered,
    author: ['mwpipe world'],
    url: `https://www.mediawiki.org/wiki/${repo.kind === 'skin' ? 'Skin' : 'Extension'}:${repo.registered}`,
    descriptionmsg: `${key}-desc`,
    'license-name': 'GPL-2.0-or-later',
    type: repo.kind === 'skin' ? 'skin' : 'other',
    requires: { MediaWiki: '>= 1.43', ...(hard.length === 0 ? {} : { extensions: anyVersion(hard) }) },
    AutoloadNamespaces: { [`${namespaceOf(repo.name)}\\`]: 'src/' },
    TestAutoloadNamespaces: { [`${namespaceOf(repo.name)}\\Tests\\`]: 'tests/phpunit/' },
    MessagesDirs: { [word]: ['i18n'] },
    ServiceWiringFiles: ['src/ServiceWiring.php'],
    Hooks: Object.fromEntries(hooksOf(repo, lookup).map((hook) => [hook, 'main'])),
    HookHandlers: {
      main: {
        class: `${namespaceOf(repo.name)}\\Hooks`,
        services: [`${word}.Store`, ...generated.map(({ name }) => `${wordOf(name)}.Store`)],
      },
    },
    ...(hard.length === 0 ? {} : { attributes: attributesFor(hard, key) }),
    manifest_version: 2,
  };
}

/** One of core's, and the one that each generated repo runs for those that require it. */
export function hooksOf(repo: ProductionRepo, lookup: Lookup): readonly string[] {
  const generated = repo.hard.map(lookup).filter(({ real }) => !real);
  return ['BeforePageDisplay', ...generated.map(({ name }) => `${wordOf(name)}Saved`)];
}

function anyVersion(repos: readonly ProductionRepo[]): object {
  return Object.fromEntries(repos.map(({ registered }) => [registered, '*']));
}

function attributesFor(repos: readonly ProductionRepo[], key: string): object {
  const attribute = (name: string): string => (name === 'VisualEditor' ? 'PluginModules' : 'Providers');
  return Object.fromEntries(
    repos.map(({ name, registered }) => [registered, { [attribute(name)]: [`ext.${key}.${wordOf(name)}`] }]),
  );
}

const json = (value: object): string => `${JSON.stringify(value, undefined, '\t')}\n`;
