/** The recorded map of the set that a patch is in: asked before its tests are chosen, added to after they ran. */
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
import { recallMap } from './recorded-map.ts';
import { isFollowed, recordedVerdicts } from './recorded-verdicts.ts';
import { worldFiles, type WorldFiles } from './world-files.ts';

interface InSet {
  readonly lock: Lockfile;
  readonly patch: Patch;
}

/** Undefined where nothing was recorded. */
export async function recordedFacts({ lock, patch }: InSet, ports: TestPorts): Promise<RecordedFacts | undefined> {
  const loads = patch.component.path === '' ? [loadOf(lock), []] : [loadOf(lock)];
  const names = loads.flatMap((load) => (['unit', 'integration'] as const).map((kind) => ({ load, kind })));
  const maps = await Promise.all(names.map((name) => recallMap(ports.blobs, name)));
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

export async function keepRecorded(
  { lock, patch, reports }: InSet & { readonly reports: readonly ShardReport[] },
  ports: TestPorts,
  context: RunContext<TestEvent>,
): Promise<void> {
  await using php = lazyPhp(ports.openPhp);
  const shards = reports.flatMap(({ shard: { kind, component }, folder }) =>
    kind === 'parser' ? [] : [{ kind, folder, load: component === '' ? [] : loadOf(lock) }],
  );
  const world = await filesWith({ lock, patch }, patch.tree, ports);
  const files = await keepRecordings(shards, world, { blobs: ports.blobs, php: php.read });
  context.emit({ code: 'test/recorded', files });
}

async function filesWith({ lock, patch }: InSet, tree: string, { objects }: TestPorts): Promise<WorldFiles> {
  const components = lock.components.map((one) => (one.path === patch.component.path ? { ...one, tree } : one));
  return worldFiles(components, objects);
}
