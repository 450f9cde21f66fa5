/**
 * What the map says of a patch: a test that executed a changed file is affected; one whose files are all as they were
 * isn't, by changes to PHP that was there already. Whatever changed since the recording makes a test unknown, and other
 * evidence decides.
 */
import type { BecauseStep } from '../because.ts';
import type { FileChange } from '../changes.ts';
import { kindOf } from '../changes.ts';
import type { ReadSymbols } from '../php/symbols.ts';
import { bootDiffers } from './boot-shapes.ts';
import { NO_CONTENT } from './keep-recordings.ts';
import type { Boot, RecordedMap, RecordedTest } from './recorded-map.ts';
import type { WorldFiles } from './world-files.ts';

/** By the test's path below MediaWiki's folder; no steps: nothing that it executes changed. */
export type RecordedVerdicts = ReadonlyMap<string, readonly BecauseStep[]>;

interface Sides {
  readonly base: WorldFiles;
  readonly patched: WorldFiles;
}

/** Changes that the map can follow: PHP that existed when tests were recorded. */
export function isFollowed({ path, status }: FileChange): boolean {
  return (status === 'M' || status === 'D') && ['php', 'test-php'].includes(kindOf(path));
}

export async function recordedVerdicts(
  map: RecordedMap,
  sides: Sides,
  php: () => Promise<ReadSymbols>,
): Promise<RecordedVerdicts> {
  const boots = new Map<Boot, BootVerdict | undefined>();
  for (const { boot } of [...map.values()].flat()) {
    if (!boots.has(boot)) boots.set(boot, await bootVerdict(boot, sides, php));
  }
  return new Map(
    [...map].flatMap(([test, records]): [string, readonly BecauseStep[]][] => {
      for (const recorded of records) {
        const boot = boots.get(recorded.boot);
        if (boot === undefined || isStale(recorded, boot, sides.base)) continue;
        return [[test, boot.because ?? tookChanged(test, recorded, sides)]];
      }
      return [];
    }),
  );
}

interface BootVerdict {
  /** Components with other templates or data than when it was recorded. */
  readonly otherData: readonly string[];
  /** Why the patch reaches all that comes after. */
  readonly because: readonly BecauseStep[] | undefined;
}

/** Undefined where what came before the tests isn't what it was. */
async function bootVerdict(
  boot: Boot,
  { base, patched }: Sides,
  php: () => Promise<ReadSymbols>,
): Promise<BootVerdict | undefined> {
  const data = [...base.data].map(([path, now]) => ({ path, now, then: boot.data.get(path) }));
  if (data.some(({ now, then }) => now.everywhere !== then?.everywhere)) return undefined;
  if ((await bootDiffers(boot, base, php)) !== undefined) return undefined;
  const changed = await bootDiffers(boot, patched, php);
  const because = changed === undefined ? undefined : [{ what: changed, how: 'changed in what runs before any test' }];
  return { because, otherData: data.filter(({ now, then }) => now.inside !== then?.inside).map(({ path }) => path) };
}

function isStale({ took }: RecordedTest, { otherData }: BootVerdict, base: WorldFiles): boolean {
  return [...took].some(
    ([file, oid]) =>
      (base.oid(file) ?? NO_CONTENT) !== oid || otherData.some((path) => path === '' || file.startsWith(`${path}/`)),
  );
}

function tookChanged(test: string, { took }: RecordedTest, { base, patched }: Sides): readonly BecauseStep[] {
  const changed = [...took.keys()].find((file) => patched.oid(file) !== base.oid(file));
  if (changed === undefined) return [];
  if (changed === test) return [{ what: changed, how: 'changed' }];
  return [
    { what: changed, how: 'changed' },
    { what: test, how: 'executed it when it was recorded' },
  ];
}
