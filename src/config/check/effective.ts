/**
 * The effective settings of every wiki, kept small: each distinct value once, as JSON text, and by setting which wiki has
 * which. 1,000 wikis with 1,500 settings are a few megabytes, and what all wikis share is compared once.
 */

export interface Column {
  /** Distinct values as JSON texts; undefined: not set. */
  readonly texts: readonly (string | undefined)[];
  /** By wiki, the index in `texts`; undefined where all wikis have `texts[0]`. */
  readonly of?: readonly number[];
}

export interface Effective {
  readonly wikis: readonly string[];
  readonly settings: ReadonlyMap<string, Column>;
}

/** What one wiki has instead of the base. */
export interface WikiRow {
  readonly wiki: string;
  readonly set: Readonly<Record<string, number>>;
  readonly gone: readonly string[];
}

/** @param rows the first one is the base: all that it has is in `set` */
export function gatherRows(rows: readonly WikiRow[], texts: readonly string[]): Effective {
  const [base, ...others] = rows;
  const settings = new Map<string, Column>();
  const own = columnsOf(others);
  for (const name of [...new Set([...Object.keys(base?.set ?? {}), ...own.keys()])].sort()) {
    settings.set(name, columnOf({ general: base?.set[name], own: own.get(name), wikis: rows.length, texts }));
  }
  return { wikis: rows.map(({ wiki }) => wiki), settings };
}

/** By setting: which wikis (by index) have something of their own, and what; -1 where they have nothing. */
function columnsOf(others: readonly WikiRow[]): Map<string, Map<number, number>> {
  const columns = new Map<string, Map<number, number>>();
  const put = (name: string, wiki: number, number: number): void => {
    const column = columns.get(name) ?? new Map<number, number>();
    columns.set(name, column.set(wiki, number));
  };
  for (const [index, { set, gone }] of others.entries()) {
    for (const [name, number] of Object.entries(set)) put(name, index + 1, number);
    for (const name of gone) put(name, index + 1, -1);
  }
  return columns;
}

interface ColumnFacts {
  readonly general: number | undefined;
  readonly own: ReadonlyMap<number, number> | undefined;
  readonly wikis: number;
  readonly texts: readonly string[];
}

function columnOf({ general = -1, own, wikis, texts }: ColumnFacts): Column {
  if (own === undefined) return { texts: [texts[general]] };
  const index = new Map<number, number>();
  const of = Array.from({ length: wikis }, (_, wiki) => {
    const number = own.get(wiki) ?? general;
    const known = index.get(number) ?? index.size;
    index.set(number, known);
    return known;
  });
  return { texts: [...index.keys()].map((number) => texts[number]), ...(index.size === 1 ? {} : { of }) };
}

/** The JSON text of a value; undefined where the wiki doesn't have it set. */
export function textOf(effective: Effective, setting: string, wiki: number): string | undefined {
  const column = effective.settings.get(setting);
  return column?.texts[column.of?.[wiki] ?? 0];
}

/** Of one wiki, parsed: for `config get`. @returns undefined where it isn't set, or there is no such wiki */
export function effectiveValue(effective: Effective, setting: string, wiki: string): unknown {
  const index = effective.wikis.indexOf(wiki);
  const text = index < 0 ? undefined : textOf(effective, setting, index);
  return text === undefined ? undefined : JSON.parse(text);
}
