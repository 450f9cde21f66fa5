/**
 * Results that still hold: a test whose files, what ran before them, and all else that it may have read are byte for byte
 * as they were ends as it did. Anything that can't be told runs again.
 */
import type { BecauseStep } from '../because.ts';
import { bootDiffers } from '../record/boot-shapes.ts';
import { NO_CONTENT } from '../record/keep-recordings.ts';
import type { Boot, RecordedMap, RecordedTest } from '../record/recorded-map.ts';
import type { ComponentData, WorldFiles } from '../record/world-files.ts';
import type { ReadSymbols } from '../php/symbols.ts';

/** How it ended, or why that says nothing any more. */
export type CachedResult =
  | { readonly outcome: RecordedTest['outcome']; readonly because?: undefined }
  | { readonly outcome: undefined; readonly because: BecauseStep };

/** @returns by the test file's path below MediaWiki's folder; what was never recorded isn't there */
export async function cachedResults(
  map: RecordedMap,
  now: { readonly world: WorldFiles; readonly environment: string },
  php: () => Promise<ReadSymbols>,
): Promise<ReadonlyMap<string, CachedResult>> {
  const boots = new Map<Boot, BootNow>();
  for (const { boot } of [...map.values()].flat()) {
    if (!boots.has(boot)) boots.set(boot, await bootNow(boot, now, php));
  }
  return new Map(
    [...map].flatMap(([test, records]): [string, CachedResult][] => {
      const results = records.map((recorded): CachedResult => {
        const boot = boots.get(recorded.boot);
        const because = boot?.because ?? changedFor(recorded, boot?.other ?? [], now.world);
        return because === undefined ? { outcome: recorded.outcome } : { outcome: undefined, because };
      });
      const [newest] = results;
      const found = results.find(({ outcome }) => outcome !== undefined) ?? newest;
      return found === undefined ? [] : [[test, found]];
    }),
  );
}

/** Digests, of now or as they were kept. */
type Data = Readonly<Record<keyof ComponentData, string>>;

interface BootNow {
  /** Why nothing that came after can be told. */
  readonly because: BecauseStep | undefined;
  /** Components that hold other messages, templates, data or files. */
  readonly other: readonly string[];
}

async function bootNow(
  boot: Boot,
  { world, environment }: { readonly world: WorldFiles; readonly environment: string },
  php: () => Promise<ReadSymbols>,
): Promise<BootNow> {
  const because = (what: string, how: string): BootNow => ({ because: { what, how }, other: [] });
  if (boot.environment !== environment) return because('the runtime', 'is another');
  const data = [...world.data].map(([path, now]) => ({ path, now, then: boot.data.get(path) }));
  const registered = data.find(({ now, then }) => now.everywhere !== then?.everywhere);
  if (registered !== undefined) {
    return because(registered.path === '' ? 'core' : registered.path, 'has another registration, database or data');
  }
  const file = await bootDiffers(boot, world, php);
  if (file !== undefined) return because(file, 'changed in what runs before any test');
  return { because: undefined, other: data.filter(isOther).map(({ path }) => path) };
}

function isOther({ now, then }: { readonly now: Data; readonly then: Data | undefined }): boolean {
  return now.inside !== then?.inside || now.shown !== then.shown;
}

function changedFor({ took }: RecordedTest, other: readonly string[], world: WorldFiles): BecauseStep | undefined {
  for (const [file, oid] of took) {
    if ((world.oid(file) ?? NO_CONTENT) !== oid) return { what: file, how: 'changed' };
    const component = other.find((path) => path === '' || file.startsWith(`${path}/`));
    if (component !== undefined) {
      return { what: component === '' ? 'core' : component, how: 'has other messages, templates, data or files' };
    }
  }
  return undefined;
}
