/** The farm of a checkout: wikis and versions of its wikiversions.json, its lists as tags that a diff may call them by. */
import { quote, type Diagnostic, type SourceRange } from '../../kernel/diagnostic.ts';
import { fail, ok, settle, type Outcome } from '../../kernel/outcome.ts';
import type { OverlayFile } from '../overlay/overlay.ts';
import type { Farm, Wiki } from '../settings/farm.ts';
import { evaluateLists, type ListFile } from '../settings/lists.ts';

interface FarmWish {
  /** Path of the file that names wikis and their versions. */
  readonly versions: string;
  readonly force?: string;
  readonly realm: string;
}

/** Pure. PHP itself decides who has what; the lists are only for calling groups of wikis by their names. */
export function rawFarm(files: readonly OverlayFile[], wish: FarmWish): Outcome<Farm> {
  const file = files.find(({ path }) => path === wish.versions);
  if (file === undefined) return fail({ code: 'config/raw-no-file', message: `there is no ${wish.versions}` });
  const versions = versionsIn(file);
  if (!versions.ok) return versions;
  const names = [...versions.value.keys()].sort();
  const known = new Set(names);
  const lists = [...evaluateLists(listsOf(files, wish), new Map([['all', names]]), names).lists]
    .map(([name, members]): [string, string[]] => [name, members.filter((member) => known.has(member))])
    .filter(([, members]) => members.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const tags = tagsOf(lists);
  const wikis = names.map((name): [string, Wiki] => {
    const { version, at } = versions.value.get(name) ?? { version: '', at: startOf(file) };
    return [name, { name, hosts: [hostOf(name)], version: wish.force ?? version, tags: tags.get(name) ?? [], at }];
  });
  return ok({ wikis: new Map(wikis), lists: new Map(lists) });
}

/** Which hosts a wiki answers to is in PHP of the checkout; no request comes to these. */
function hostOf(name: string): string {
  return `${name.replaceAll('_', '-')}.invalid`;
}

interface Versioned {
  readonly version: string;
  readonly at: SourceRange;
}

function versionsIn(file: OverlayFile): Outcome<Map<string, Versioned>> {
  const text = Buffer.from(file.data).toString('utf8');
  const parsed = parse(text);
  const places = placesIn(file, text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return fail(badVersions('is no JSON object of wikis', startOf(file)));
  }
  const wrong: Diagnostic[] = [];
  const versions = Object.entries(parsed).map(([name, said]: [string, unknown]): [string, Versioned] => {
    const at = places.get(name) ?? startOf(file);
    const version = typeof said === 'string' && said.startsWith('php-') ? said.slice('php-'.length) : undefined;
    if (version === undefined) wrong.push(badVersions(`says ${quote(String(said))} of ${quote(name)}`, at));
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) wrong.push(badVersions(`names a wiki ${quote(name)}`, at));
    return [name, { version: version ?? '', at }];
  });
  return settle(new Map(versions), wrong);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function placesIn({ source }: OverlayFile, text: string): Map<string, SourceRange> {
  const places = text.split('\n').flatMap((line, index): [string, SourceRange][] => {
    const [, before, name] = /^(\s*)"([^"]+)"\s*:/.exec(line) ?? [];
    if (before === undefined || name === undefined) return [];
    return [[name, { file: source, line: index + 1, column: before.length + 1, length: name.length + 2 }]];
  });
  return new Map(places);
}

/** Where a list is there as names and as an expression, the names are what its own tools made of the expression. */
function listsOf(files: readonly OverlayFile[], { realm }: FarmWish): ListFile[] {
  const found = files.flatMap(({ path, source, data }): ListFile[] => {
    const [, name, kind] = /^dblists\/([^/]+)\.(dblist|dbexpr)$/.exec(path) ?? [];
    if (name === undefined || name === 'all' || (kind !== 'dblist' && kind !== 'dbexpr')) return [];
    if (realm === 'production' && name.endsWith('-labs')) return [];
    return [{ name, kind, source, text: Buffer.from(data).toString('utf8') }];
  });
  const named = new Set(found.filter(({ kind }) => kind === 'dblist').map(({ name }) => name));
  return found.filter(({ kind, name }) => kind === 'dblist' || !named.has(name));
}

function tagsOf(lists: readonly [string, readonly string[]][]): Map<string, string[]> {
  const tags = new Map<string, string[]>();
  for (const [list, members] of lists) for (const name of members) tags.set(name, [...(tags.get(name) ?? []), list]);
  return tags;
}

function badVersions(what: string, at: SourceRange): Diagnostic {
  const hint = 'it has lines like "dewiki": "php-1.43.9"';
  return { code: 'config/raw-versions', message: `this file ${what}`, hint, at };
}

function startOf({ source }: OverlayFile): SourceRange {
  return { file: source, line: 1, column: 1, length: 1 };
}
