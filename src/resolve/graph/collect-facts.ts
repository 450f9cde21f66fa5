/** Gathers the facts of a component's files, each name once with its first places. */
import type { CodeFacts, Place, Reference, SkippedFile } from './code-facts.ts';

export interface FactCollector {
  readonly registered: Set<string>;
  readonly namespaces: Set<string>;
  readonly classes: Set<string>;
  readonly hooks: Set<string>;
  readonly runs: Set<string>;
  readonly services: Set<string>;
  readonly skipped: SkippedFile[];
  refer(reference: Omit<Reference, 'places' | 'count'>, place: Place): void;
  /** @param files how many were read */
  facts(files: number): CodeFacts;
}

const PLACES = 3;

/** A name of code: printable, of a length that somebody would type. Anything else is no name, whatever it looks like. */
const NAME = /^[^\p{C}]{1,200}$/u;

export function collectFacts(): FactCollector {
  const sets = {
    ...{ registered: new Set<string>(), namespaces: new Set<string>(), classes: new Set<string>() },
    ...{ hooks: new Set<string>(), runs: new Set<string>(), services: new Set<string>() },
  };
  const skipped: SkippedFile[] = [];
  const references = new Map<string, Reference>();
  return {
    ...sets,
    skipped,
    refer: (reference, place) => {
      if (!NAME.test(reference.name)) return;
      const { kind, name, what, of, test, optional } = reference;
      const key = [kind, name, what, of, test, optional].join('\0');
      const known = references.get(key);
      const places = known?.places ?? [];
      references.set(key, {
        ...reference,
        places: places.length < PLACES ? [...places, place] : places,
        count: (known?.count ?? 0) + 1,
      });
    },
    facts: (files) => ({
      registered: named(sets.registered),
      namespaces: named(sets.namespaces),
      classes: named(sets.classes),
      hooks: named(sets.hooks),
      runs: named(sets.runs),
      services: named(sets.services),
      references: [...references].sort(byKey).flatMap(([, one]) => (isOwn(one, sets) ? [] : [one])),
      files,
      skipped,
    }),
  };
}

function named(names: ReadonlySet<string>): string[] {
  return [...names].filter((name) => NAME.test(name)).sort();
}

function byKey([a]: readonly [string, Reference], [b]: readonly [string, Reference]): number {
  return a < b ? -1 : 1;
}

/** What a component finds in itself leads nowhere: core alone names thousands of its own classes. */
function isOwn(
  { kind, name }: Reference,
  own: { classes: ReadonlySet<string>; services: ReadonlySet<string> },
): boolean {
  return (kind === 'class' && own.classes.has(name)) || (kind === 'service' && own.services.has(name));
}
