/** Whose failure is it? What failed runs again without the patch: what fails there too is not the patch's. */
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { Mount, Runner } from '../kernel/runner.ts';
import type { GitObjects } from '../resolve/index.ts';
import type { FailedTest, TestEvent } from './events.ts';
import type { Patch } from './read-patch.ts';
import { runShard, type ShardReport, type ShardRun } from './run-shard.ts';

/** @returns the failures of `report` that the parent has too */
export async function failuresOnParent(
  report: ShardReport,
  parent: ShardRun,
  tools: { readonly runner: Runner; readonly context: RunContext<TestEvent> },
): Promise<Outcome<ReadonlySet<FailedTest>>> {
  const classes = new Set(report.failed.map((failed) => failed.class));
  const tests = report.shard.tests.filter((test) => classes.has(test.class) || classes.has(''));
  const { name } = report.shard;
  tools.context.emit({ code: 'test/parent-asked', shard: name, classes: tests.length });
  const quiet = { ...tools.context, emit: () => undefined };
  const asked = { ...report.shard, name: `${name} on the parent`, tests };
  const again = await runShard(asked, parent, { runner: tools.runner, context: quiet });
  if (!again.ok) return again;
  const there = new Set(again.value.failed.map(identity));
  return ok(new Set(report.failed.filter((failed) => there.has(identity(failed)))));
}

function identity({ component, class: className, test }: FailedTest): string {
  return `${component} ${className}::${test}`;
}

/** The component as it was before the patch, in a folder of the cache: only where the lock has another state of it. */
export async function parentMount(
  patch: Patch,
  objects: GitObjects,
  scratch: string,
): Promise<{ readonly mount: Mount; readonly tree: string } | undefined> {
  const { component, base } = patch;
  if (base.tree === component.tree) return undefined;
  const folder = join(scratch, 'parents', base.tree);
  await materialise({ url: component.url, id: base.tree }, objects, folder);
  return { tree: base.tree, mount: mountOf(component.path, folder) };
}

export function mountOf(path: string, folder: string): Mount {
  return { kind: 'bind', source: folder, target: `/srv/mediawiki/${path}`, readOnly: true };
}

/** Written beside its place and renamed into it: a folder that is there is whole. */
async function materialise(tree: { url: string; id: string }, objects: GitObjects, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const making = await mkdtemp(`${folder}.`);
  try {
    const entries = (await objects.entries(tree)).filter(({ mode }) => mode !== '160000');
    const oids = entries.map(({ oid }) => oid);
    let index = 0;
    for await (const { data } of objects.blobs(tree.url, oids)) {
      const entry = entries[index];
      index += 1;
      if (entry === undefined) continue;
      const path = join(making, entry.path);
      await mkdir(dirname(path), { recursive: true });
      if (entry.mode === '120000') await symlink(data.toString('utf8'), path);
      else await writeFile(path, data, { mode: entry.mode === '100755' ? 0o755 : 0o644 });
    }
    await chmod(making, 0o755);
    await rename(making, folder);
  } catch (thrown) {
    await rm(making, { recursive: true, force: true });
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOTEMPTY')) throw thrown;
  }
}
