/** What a shard wrote while it was recorded, and the map that it becomes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recallMap, rememberMap, type RecordedMap } from '../../../../src/test/record/recorded-map.ts';
import { readRecording } from '../../../../src/test/record/recording.ts';

const BOOT = '{"boot":{"includes/Setup.php":[3,4]}}\n';
const TEST = '{"test":"tests/ATest.php","files":["tests/ATest.php","includes/A.php"]}\n';

it('knows the tests whose line was written whole', () => {
  const whole = readRecording(BOOT + TEST);
  expect(whole?.boot).toEqual(new Map([['includes/Setup.php', [3, 4]]]));
  expect(whole?.tests).toEqual(new Map([['tests/ATest.php', ['tests/ATest.php', 'includes/A.php']]]));
  expect(readRecording(BOOT + TEST + TEST.slice(0, 30).replace('ATest', 'BTest'))?.tests.size).toBe(1);
  expect(readRecording(TEST)).toBeUndefined();
  expect(readRecording('')).toBeUndefined();
});

const path = fc.string({ minLength: 1 });
const oid = fc.stringMatching(/^[0-9a-f]{40}$/);
const boot = fc.record({
  environment: fc.string(),
  files: fc
    .array(fc.tuple(path, fc.record({ oid, shape: oid, ran: fc.array(path) })))
    .map((entries) => new Map(entries.filter(([name]) => name !== '__proto__'))),
  data: fc
    .array(fc.tuple(path, fc.record({ everywhere: oid, inside: oid, shown: oid })))
    .map((entries) => new Map(entries.filter(([name]) => name !== '__proto__'))),
});

it('is read as it was kept', async () => {
  const map: fc.Arbitrary<RecordedMap> = fc.array(boot, { minLength: 1, maxLength: 3 }).chain((boots) =>
    fc
      .array(
        fc.tuple(
          path,
          fc.array(
            fc.record({
              outcome: fc.constantFrom('passed' as const, 'failed' as const),
              boot: fc.constantFrom(...boots),
              took: fc.array(fc.tuple(path, oid)).map((entries) => new Map(entries)),
            }),
            { maxLength: 3 },
          ),
        ),
      )
      .map((entries) => new Map(entries.filter(([name]) => name !== '__proto__'))),
  );
  await fc.assert(
    fc.asyncProperty(map, async (kept) => {
      const named = new Map<string, string>();
      const blobs = {
        remember: (name: string, document: unknown) => Promise.resolve(void named.set(name, JSON.stringify(document))),
        recall: (name: string) => Promise.resolve(JSON.parse(named.get(name) ?? 'null') as unknown),
      };
      await rememberMap(blobs, { load: ['b', 'a'], kind: 'unit' }, kept);
      expect(await recallMap(blobs, { load: ['a', 'b'], kind: 'unit' })).toEqual(kept);
      expect(await recallMap(blobs, { load: ['a'], kind: 'unit' })).toEqual(new Map());
      expect(await recallMap(blobs, { load: ['a', 'b'], kind: 'integration' })).toEqual(new Map());
    }),
    { numRuns: 50 },
  );
});

it('is empty where what was kept is of another version or damaged', async () => {
  for (const kept of [undefined, null, {}, { version: 1, boots: [], contents: [], tests: {} }, 'x']) {
    const blobs = { recall: () => Promise.resolve(kept as unknown) };
    expect(await recallMap(blobs, { load: [], kind: 'unit' })).toEqual(new Map());
  }
});
