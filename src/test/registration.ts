/** extension.json and skin.json as impact reads them: which of a component's classes MediaWiki calls by itself, and when. */
import { classInString } from './php/names.ts';

/** Something that MediaWiki makes or calls because it is registered: a special page, an API module, a job, ... */
export interface Entry {
  /** Key of extension.json: `SpecialPages`. */
  readonly kind: string;
  readonly item: string;
  /** Classes that it names, lower case. */
  readonly classes: readonly string[];
  /** Methods that it names as `Class::method`, lower case. */
  readonly methods: readonly string[];
  /** Services that are passed to it. */
  readonly services: readonly string[];
}

interface HookUse {
  readonly hook: string;
  /** What handles it: a class with a method named after the hook, or `class::method` named outright. */
  readonly entry: Entry;
}

export interface Registration {
  readonly name: string;
  readonly requires: readonly string[];
  readonly hooks: readonly HookUse[];
  readonly entries: readonly Entry[];
  /** Settings of `config`, each with the words in its default. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
  /** Components whose attributes it sets. */
  readonly extends: readonly string[];
  /** Every string anywhere in it: message keys and the like. */
  readonly words: ReadonlySet<string>;
}

type Json = Readonly<Record<string, unknown>>;

/** Keys of extension.json whose values MediaWiki reads but never runs. */
const INERT = new Set(
  `name namemsg version author url description descriptionmsg license-name type requires suggests dev-requires
  manifest_version @note @doc MessagesDirs ExtensionMessagesFiles ResourceModules ResourceFileModulePaths
  ResourceModuleSkinStyles QUnitTestModule AutoloadNamespaces AutoloadClasses TestAutoloadNamespaces
  TestAutoloadClasses ServiceWiringFiles ForeignResourcesDir SkinLessImportPaths TrackingCategories RawHtmlMessages
  Hooks HookHandlers config config_prefix attributes`.split(/\s+/),
);

export function readRegistration(text: string): Registration | undefined {
  const json = parse(text);
  if (json === undefined) return undefined;
  const words = wordsIn(json);
  return {
    name: typeof json['name'] === 'string' ? json['name'] : '',
    requires: ['extensions', 'skins'].flatMap((kind) => Object.keys(record(record(json['requires'])[kind]))),
    hooks: hooksOf(json),
    entries: entriesOf(json),
    settings: new Map(Object.entries(record(json['config'])).map(([key, value]) => [key, wordsIn(value)])),
    extends: Object.keys(record(json['attributes'])),
    words: new Set(words),
  };
}

/** Top-level keys that differ between two texts of extension.json; undefined where one of them is no JSON. */
export function changedKeys(before: string, after: string): string[] | undefined {
  const [old, now] = [parse(before), parse(after)];
  if (old === undefined || now === undefined) return undefined;
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
}

/** Whether a changed key can change what any PHP of MediaWiki does: not so for names, licences and front-end modules. */
export function isInertKey(key: string): boolean {
  const running = ['AutoloadNamespaces', 'AutoloadClasses', 'ServiceWiringFiles', 'Hooks', 'HookHandlers', 'config'];
  return INERT.has(key) && ![...running, 'config_prefix', 'attributes', 'requires', 'MessagesDirs'].includes(key);
}

function hooksOf(json: Json): HookUse[] {
  const handlers = record(json['HookHandlers']);
  return Object.entries(record(json['Hooks'])).flatMap(([hook, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((handler) => {
      const name = typeof handler === 'string' ? handler : record(handler)['handler'];
      if (typeof name !== 'string') return [];
      const spec: unknown = name in handlers ? handlers[name] : name;
      return [{ hook, entry: entryOf({ kind: 'HookHandlers', item: name, spec }) }];
    }),
  );
}

function entriesOf(json: Json): Entry[] {
  const plain = Object.entries(json).filter(([key]) => !INERT.has(key));
  const entries = plain.flatMap(([kind, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([item, spec]) => entryOf({ kind, item, spec }))
      : [entryOf({ kind, item: kind, spec: value })],
  );
  const attributes = Object.entries(record(json['attributes'])).map(([extension, spec]) =>
    entryOf({ kind: 'attributes', item: extension, spec }),
  );
  const modules = entryOf({ kind: 'ResourceModules', item: 'ResourceModules', spec: json['ResourceModules'] });
  return [...entries, ...attributes, modules].filter((entry) => entry.classes.length > 0);
}

function entryOf({ kind, item, spec }: { kind: string; item: string; spec: unknown }): Entry {
  const words = wordsIn(spec);
  const services = record(spec)['services'];
  const optional = record(spec)['optional_services'];
  return {
    kind,
    item,
    classes: [...new Set(words.flatMap((word) => classOf(word) ?? []))],
    methods: words.filter((word) => word.includes('::')).map((word) => word.replace(/^\\/, '').toLowerCase()),
    services: [...wordsIn(services), ...wordsIn(optional)],
  };
}

/** A word that can name a class: anything with a namespace, and any plain name (old classes have none). */
function classOf(word: string): string | undefined {
  return classInString(word) ?? (/^[A-Z]\w+(::\w+)?$/.test(word) ? word.replace(/::.*$/, '').toLowerCase() : undefined);
}

/** Every string in it, keys included. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...wordsIn(inner)]);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function parse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}
