/** What extension.json or skin.json says that ties a component to others: requirements, attributes, hooks, services. */
import { ok, type Outcome } from '../../kernel/outcome.ts';
import { parseJson, type JsonDocument } from '../manifests/json-document.ts';
import type { Place, Reference } from './code-facts.ts';

export interface ManifestFacts {
  readonly name: string | undefined;
  readonly namespaces: readonly string[];
  readonly classes: readonly string[];
  /** Files of services, as paths. */
  readonly wiring: readonly string[];
  /** Folders of test classes. */
  readonly testFolders: readonly string[];
  readonly references: readonly (Omit<Reference, 'places' | 'count'> & { readonly place: Place })[];
}

type Found = ManifestFacts['references'][number];
type Json = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** Fails with `json/syntax`. */
export function readManifestFacts(file: string, text: string): Outcome<ManifestFacts> {
  const document = parseJson(file, text);
  if (!document.ok) return document;
  const manifest = record(document.value.value);
  const { name } = manifest;
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const inFolder = (path: string): string => folder + path.replace(/^(\.?\/)+/, '');
  return ok({
    name: typeof name === 'string' ? name : undefined,
    namespaces: Object.keys(record(manifest['AutoloadNamespaces'])).map(withoutEnd),
    classes: Object.keys(record(manifest['AutoloadClasses'])),
    wiring: strings(manifest['ServiceWiringFiles']).map(inFolder),
    testFolders: Object.values(record(manifest['TestAutoloadNamespaces'])).flatMap(strings).map(inFolder),
    references: referencesOf(manifest, document.value),
  });
}

function referencesOf(manifest: Json, document: JsonDocument): Found[] {
  const refer = (path: Path, reference: Omit<Found, 'place' | 'what'>): Found => {
    const { file, line } = document.at(path);
    return { ...reference, what: path.join('.'), place: { file, line } };
  };
  return [
    ...componentsIn(manifest, refer),
    ...Object.keys(record(manifest['attributes'])).map((name) =>
      refer(['attributes', name], { kind: 'attribute', name }),
    ),
    ...Object.keys(record(manifest['Hooks'])).map((name) => refer(['Hooks', name], { kind: 'hook', name })),
    ...(manifest['manifest_version'] === 2
      ? []
      : Object.keys(manifest).map((name) => refer([name], { kind: 'key', name }))),
    ...namesIn(manifest, refer),
  ];
}

type Refer = (path: Path, reference: Omit<Found, 'place' | 'what'>) => Found;

const LISTS = [
  ['requires', 'hard'],
  ['suggests', 'loaded'],
  ['dev-requires', 'needed'],
] as const;

function componentsIn(manifest: Json, refer: Refer): Found[] {
  return LISTS.flatMap(([list, kind]) =>
    (['extensions', 'skins'] as const).flatMap((plural) => {
      const of = plural === 'skins' ? 'skin' : 'extension';
      const names = Object.keys(record(record(manifest[list])[plural]));
      return names.map((name) => refer([list, plural, name], { kind, name, of }));
    }),
  );
}

/** Keys whose values nobody makes objects from. */
const INERT = new Set([
  ...['config', 'ConfigRegistry', 'ResourceModules', 'ResourceFileModulePaths', 'QUnitTestModule', 'MessagesDirs'],
  ...['AutoloadNamespaces', 'AutoloadClasses', 'TestAutoloadNamespaces', 'TestAutoloadClasses', 'author', 'url'],
]);

/** Services and classes of every specification that MediaWiki makes an object from, wherever it stands. */
function namesIn(manifest: Json, refer: Refer): Found[] {
  const found: Found[] = [];
  const walk = (value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      const name = CLASS.exec(value)?.[1];
      if (name !== undefined) found.push(refer(path, { kind: 'class', name }));
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const here = [...path, key];
      if (key === 'services' || key === 'optional_services') found.push(...servicesIn(inner, here, refer));
      else walk(inner, here);
    }
  };
  for (const [key, value] of Object.entries(manifest)) if (!INERT.has(key)) walk(value, [key]);
  return found;
}

/** A class in a namespace, or one of its methods. */
const CLASS = /^\\?([A-Za-z_]\w*(?:\\[A-Za-z_]\w*)+)(?:::\w+)?$/;

function servicesIn(value: unknown, path: Path, refer: Refer): Found[] {
  const optional = path.at(-1) === 'optional_services' ? { optional: true as const } : {};
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  return list.flatMap((name, index) => {
    if (typeof name !== 'string') return [];
    return [{ ...refer([...path, String(index)], { kind: 'service', name, ...optional }), what: path.join('.') }];
  });
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function strings(value: unknown): string[] {
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  return values.filter((one): one is string => typeof one === 'string');
}

function withoutEnd(namespace: string): string {
  return namespace.replace(/^\\|\\$/g, '');
}
