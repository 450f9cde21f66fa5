/** The recorded map of the set that a patch is in: asked before its tests are chosen, added to after they ran. */
import { placeOf } from '../../kernel/component-place.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import type { Lockfile } from '../../resolve/index.ts';
import type { TestEvent } from '../events.ts';
import { lazyPhp } from '../lazy-php.ts';
import type { RecordedFacts } from '../plan-tests.ts';
import type { TestPorts } from '../ports.ts';
import { loadOf } from '../prepare-runs.ts';
import type { Patch } from '../read-patch.ts';
import type { ShardReport } from '../run-shard.ts';
import { keepRecordings } from './keep-recordings.ts';
import { recallMap, type RecordedMap } from './recorded-map.ts';
import { isFollowed, recordedVerdicts } from './recorded-verdicts.ts';
import { worldFiles, type WorldFiles } from './world-files.ts';

interface InSet {
  readonly lock: Lockfile;
  readonly patch: Patch;
}

/** Of all wikis that the patch's tests run in. */
export async function mapsOf({ lock, patch }: InSet, { blobs }: Pick<TestPorts, 'blobs'>): Promise<RecordedMap[]> {
  const loads = patch.component.path === '' ? [loadOf(lock), []] : [loadOf(lock)];
  const names = loads.flatMap((load) => (['unit', 'integration'] as const).map((kind) => ({ load, kind })));
  return Promise.all(names.map((name) => recallMap(blobs, name)));
}

/** Undefined where nothing was recorded. */
export async function recordedFacts({ lock, patch }: InSet, ports: TestPorts): Promise<RecordedFacts | undefined> {
  const maps = await mapsOf({ lock, patch }, ports);
  if (maps.every(({ size }) => size === 0)) return undefined;
  await using php = lazyPhp(ports.openPhp);
  const [base, patched] = await Promise.all([
    filesWith({ lock, patch }, patch.base.tree, ports),
    filesWith({ lock, patch }, patch.tree, ports),
  ]);
  const each = await Promise.all(maps.map((map) => recordedVerdicts(map, { base, patched }, php.read)));
  const verdicts = new Map(each.flatMap((one) => [...one]));
  return { verdictOf: (path) => verdicts.get(path), isFollowed };
}

interface RecordedRun {
  readonly reports: readonly ShardReport[];
  /** Tells the runtime's image from others. */
  readonly environment: string;
}

export async function keepRecorded(
  { lock, patch, reports, environment }: InSet & RecordedRun,
  ports: TestPorts,
  context: RunContext<TestEvent>,
): Promise<void> {
  await using php = lazyPhp(ports.openPhp);
  const shards = reports.flatMap((report) => {
    const { shard, folder } = report;
    const { kind, component } = shard;
    const load = component === '' ? [] : loadOf(lock);
    return kind === 'parser' ? [] : [{ kind, folder, load, outcomeOf: outcomesOf(report) }];
  });
  const world = await filesWith({ lock, patch }, patch.tree, ports);
  const files = await keepRecordings(shards, world, { blobs: ports.blobs, php: php.read, environment });
  context.emit({ code: 'test/recorded', files });
}

/** By the test file: failed where any of its classes did. */
function outcomesOf({ shard, failed, silent }: ShardReport): (path: string) => 'passed' | 'failed' | undefined {
  const bad = new Set(failed.map((one) => one.class));
  const none = new Set(silent.map((one) => one.class));
  const files = shard.tests.map((test) => {
    const outcome = none.has(test.class) ? undefined : bad.has(test.class) || bad.has('') ? 'failed' : 'passed';
    return [placeOf(shard.component, test.file), outcome] as const;
  });
  const outcomes = new Map(files);
  return (path) => outcomes.get(path);
}

export async function filesWith({ lock, patch }: InSet, tree: string, { objects }: TestPorts): Promise<WorldFiles> {
  const components = lock.components.map((one) =>
    one.path === patch.component.path ? { path: one.path, url: one.url, tree } : one,
  );
  return worldFiles(components, objects);
}
