/** The settings of the payload: by name, values by wiki, list and `default`, for both of its shapes. */
import type { Chance } from './random.ts';
import type { Value } from './values.ts';
import type { PayloadWiki } from './wikis.ts';

export type Entries = Readonly<Record<string, Value>>;
export type Settings = ReadonlyMap<string, Entries>;

/** Settings that MediaWiki 1.43 or the demo set's extensions know, with what they may be here. */
const KNOWN: Readonly<Record<string, readonly [Value, ...Value[]]>> = {
  wgAllowUserCss: [true, false],
  wgAllowUserJs: [true, false],
  wgAutoConfirmAge: [0, 345_600, 604_800],
  wgAutoConfirmCount: [0, 10, 50],
  wgBlockAllowsUTEdit: [true, false],
  wgCapitalLinks: [true, false],
  wgCategoryPagingLimit: [200, 100, 300],
  wgCiteResponsiveReferences: [true, false],
  wgCleanSignatures: [true, false],
  wgDefaultRobotPolicy: ['index,follow', 'noindex,nofollow'],
  wgEditSubmitButtonLabelPublish: [true, false],
  wgEmailConfirmToEdit: [false, true],
  wgEnableEmail: [false, true],
  wgEnableUserEmail: [true, false],
  wgExpensiveParserFunctionLimit: [500, 100],
  wgExportMaxHistory: [0, 1000],
  wgExtraSignatureNamespaces: [[4], [4, 12], []],
  wgFeedLimit: [50, 100],
  wgFixDoubleRedirects: [false, true],
  wgHideInterlanguageLinks: [false, true],
  wgHideUserContribLimit: [1000, 500],
  wgImportSources: [['commons', 'meta'], ['commons'], ['meta', 'w', 'wikt']],
  wgLocaltimezone: ['UTC', 'Europe/Berlin', 'Asia/Tokyo', 'America/Lima'],
  wgMaxArticleSize: [2048, 4096],
  wgMaxNameChars: [255, 85],
  wgMaxSigChars: [255, 500],
  wgMaxTocLevel: [999, 4],
  wgMiserMode: [true, false],
  wgNoFollowLinks: [true, false],
  wgPFEnableStringFunctions: [false, true],
  wgPageInfoTransclusionLimit: [50, 10],
  wgQueryCacheLimit: [5000, 1000],
  wgRCChangedSizeThreshold: [500, 250],
  wgRCMaxAge: [2_592_000, 7_776_000],
  wgRCWatchCategoryMembership: [true, false],
  wgRestrictDisplayTitle: [true, false],
  wgRightsText: ['CC BY-SA 4.0', 'CC BY 2.5', 'CC0'],
  wgShowRollbackEditCount: [10, 20],
  wgUseFilePatrol: [false, true],
  wgUseNPPatrol: [true, false],
  wgUseRCPatrol: [true, false],
  wgUseTagFilter: [true, false],
  wgWatchersMaxAge: [15_552_000, 2_592_000],
};

const PERMISSIONS = ['edit', 'move', 'upload', 'createpage', 'createtalk', 'import', 'patrol', 'rollback'] as const;
const GROUPS = ['sysop', 'autoconfirmed', 'bot', 'patroller', 'editor', 'reviewer', 'templateeditor'] as const;

/** @param own how many `wmg...` there are beside the ones that MediaWiki knows */
export function makeSettings(
  wikis: readonly PayloadWiki[],
  { own, lists }: { readonly own: number; readonly lists: readonly [string, ...string[]] },
  random: Chance,
): Settings {
  const names = wikis.map(({ name }) => name) as [string, ...string[]];
  const keys = { names, lists };
  const settings = new Map<string, Entries>();
  for (const [name, values] of Object.entries(KNOWN)) settings.set(name, someOf(values, { ...keys, of: 90 }, random));
  for (let index = 0; index < own; index += 1) settings.set(ownName(index), ownSetting(index, keys, random));
  return settings;
}

/** Switches are the ones whose number three divides: CommonSettings.php asks for them. */
export function switchesOf(own: number): [string, ...string[]] {
  return Array.from({ length: Math.ceil(own / 3) }, (_, index) => ownName(index * 3)) as [string, ...string[]];
}

function ownName(index: number): string {
  return `wmg${['Use', 'Limit', 'Options'][index % 3] ?? ''}Feature${String(index).padStart(4, '0')}`;
}

interface Keys {
  readonly names: readonly [string, ...string[]];
  readonly lists: readonly [string, ...string[]];
}

function ownSetting(index: number, keys: Keys, random: Chance): Entries {
  if (index % 3 === 0) return someOf([false, true], { ...keys, of: 30 }, random);
  if (index % 3 === 1) return someOf([random.number(900), random.number(900)], { ...keys, of: 20 }, random);
  const option = (): Value => ({ limit: random.number(99), namespaces: [0, random.number(14)], label: `o${index}` });
  return someOf([option(), option(), option()], { ...keys, of: 12 }, random);
}

/** `default`, some lists, and up to `of` wikis. */
function someOf(
  [first, ...others]: readonly [Value, ...Value[]],
  { names, lists, of }: Keys & { readonly of: number },
  random: Chance,
): Entries {
  const rest = (others.length === 0 ? [first] : others) as [Value, ...Value[]];
  const entries: Record<string, Value> = { default: first };
  for (let count = random.number(4); count > 0; count -= 1) entries[random.pick(lists)] = random.pick(rest);
  for (let count = random.number(of); count > 0; count -= 1) entries[random.pick(names)] = random.pick(rest);
  return entries;
}

/** What every wiki has of its own. */
export function perWiki(wikis: readonly PayloadWiki[], random: Chance): Settings {
  const each = (value: (wiki: PayloadWiki) => Value, first: Value): Entries => ({
    default: first,
    ...Object.fromEntries(wikis.map((wiki) => [wiki.name, value(wiki)])),
  });
  const logo = (name: string): Value => ({
    '1x': `/static/images/project-logos/${name}.svg`,
    icon: `/static/images/icons/${name}.svg`,
    wordmark: { src: `/static/images/wordmarks/${name}.svg`, width: 80 + random.number(80), height: 20 },
  });
  return new Map<string, Entries>([
    ['wgLogos', each(({ name }) => logo(name), logo('default'))],
    ['wgSitename', each(({ language, family }) => `${family} in ${language}`, 'Wiki')],
    ['wgMetaNamespace', each(({ family }) => `${family.slice(0, 1).toUpperCase()}${family.slice(1)}`, 'Project')],
    ['wgLanguageCode', each(({ language }) => language, 'en')],
    ['wgExtraNamespaces', each(({ name }) => namespacesOf(name), {})],
    ['wgGroupPermissions', { default: permissions(random), ...added(wikis, () => permissions(random)) }],
    ['wmgStreams', each(() => ({ sample: random.number(100), events: ['view', 'edit', 'save'] }), {})],
    ['wmgModels', each(() => modelsOf(random), {})],
  ]);
}

function namespacesOf(name: string): Value {
  const ids = [100, 102, 104];
  return Object.fromEntries(
    ids.flatMap((id) => [
      [String(id), `Portal_${name}_${id}`],
      [String(id + 1), `Portal_${name}_${id}_talk`],
    ]),
  );
}

function permissions(random: Chance): Value {
  return Object.fromEntries(
    Array.from({ length: 2 }, () => [random.pick(GROUPS), { [random.pick(PERMISSIONS)]: !random.once(4) }]),
  );
}

function added(wikis: readonly PayloadWiki[], value: () => Value): Entries {
  return Object.fromEntries(wikis.map(({ name }) => [`+${name}`, value()]));
}

function modelsOf(random: Chance): Value {
  const model = (): Value => ({ enabled: !random.once(3), threshold: random.number(1000) / 1000 });
  return { damaging: model(), goodfaith: model(), articlequality: model() };
}
