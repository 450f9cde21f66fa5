/** `mwpipe test --changed`: read the patch, plan what it can affect, run it alone, say whose each failure is. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { all, fail, ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { LockedComponent, Lockfile } from '../resolve/index.ts';
import { failuresOnParent, mountOf, parentMount } from './ask-parent.ts';
import type { ComponentIndex } from './component-index.ts';
import { kindOf } from './changes.ts';
import type { TestEvent } from './events.ts';
import { lazyPhp } from './lazy-php.ts';
import { planShards } from './plan-shards.ts';
import { planTests, type KnownTest, type TestPlan } from './plan-tests.ts';
import type { TestPorts } from './ports.ts';
import { checkSyntax, readPatch, type Patch } from './read-patch.ts';
import { componentIndex, readTree, type IndexTools } from './read-index.ts';
import { reportOf, type TestReport } from './report.ts';
import { runShard, type ShardReport, type ShardRun } from './run-shard.ts';
import { ensureSnapshot, type TestWiki } from './wiki-snapshot.ts';

export interface TestRequest {
  /** Inside the checkout. */
  readonly folder: string;
  readonly lock: Lockfile;
  readonly base?: string;
  /** Every test of the set instead of those that the patch can affect. */
  readonly all?: boolean;
}

export interface RunOptions {
  readonly cache: string;
  /** Leaves the container of a failed shard behind, for `mwpipe shell`. */
  readonly keep?: boolean;
}

export interface PlannedTest {
  readonly patch: Patch;
  readonly plan: TestPlan;
  /** Every test class of the set. */
  readonly tests: readonly KnownTest[];
}

type Context = RunContext<TestEvent>;

/** @returns fails as git does, and with `test/unknown-component`, `test/php-syntax`, `test/broken-registration` */
export async function planChanged(
  request: TestRequest,
  ports: TestPorts,
  context: Context,
): Promise<Outcome<PlannedTest>> {
  const quiet = { ...context, emit: () => undefined };
  const patch = await readPatch(request, ports, quiet);
  if (!patch.ok) return patch;
  context.emit(changesRead(patch.value));
  const components = await readComponents({ request, patch: patch.value }, ports, context);
  if (!components.ok) return components;
  const { component, files } = patch.value;
  const { plan, tests } = planTests({
    components: components.value,
    patched: component.path,
    changes: files,
    ...(request.all === undefined ? {} : { everything: request.all }),
  });
  context.emit(planned(plan, files.length));
  return ok({ patch: patch.value, plan, tests });
}

/** Runs a plan. Every failure is asked of the parent; only the patch's own fail the report. */
export async function runPlanned(
  { patch, plan }: PlannedTest,
  request: TestRequest & RunOptions,
  tools: { readonly ports: TestPorts; readonly context: Context },
): Promise<Outcome<TestReport>> {
  const { ports, context } = tools;
  const started = context.clock.now();
  const shards = planShards(plan);
  const run = `t${started.toString(36)}`;
  const folder = join(request.cache, 'runs', run);
  if (shards.length === 0) return ok(reportOf({ run, folder, reports: [], notYours: new Set(), ms: 0 }));
  const places = await prepare({ patch, request, run, folder }, ports, context);
  if (!places.ok) return places;
  const { patched, parent } = places.value;
  const limit = pLimit(availableParallelism());
  const each = await settled(
    shards.map((shard) =>
      limit(async (): Promise<Outcome<{ report: ShardReport; notYours: ReadonlySet<unknown> }>> => {
        const report = await runShard(shard, patched, { runner: ports.runner, context });
        if (!report.ok) return report;
        if (report.value.failed.length === 0) return ok({ report: report.value, notYours: new Set() });
        const there = await failuresOnParent(report.value, parent, { runner: ports.runner, context });
        return there.ok ? ok({ report: report.value, notYours: there.value }) : there;
      }),
    ),
  );
  const done = all(each);
  if (!done.ok) return done;
  const notYours = new Set(done.value.flatMap((one) => [...one.notYours]));
  const reports = done.value.map(({ report }) => report);
  return ok(reportOf({ run, folder, reports, notYours, ms: context.clock.now() - started }));
}

/** All, or the first that threw: but only once each has ended and removed its container. */
async function settled<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** Every component that MediaWiki loads; core and libraries are used by name only. */
async function readComponents(
  { request, patch }: { readonly request: TestRequest; readonly patch: Patch },
  ports: TestPorts,
  context: Context,
): Promise<Outcome<ComponentIndex[]>> {
  const started = context.clock.now();
  await using php = lazyPhp(ports.openPhp);
  const tools: IndexTools = { objects: ports.objects, blobs: ports.blobs, php: php.read };
  const quiet = { ...context, emit: () => undefined };
  const loaded = request.lock.components.filter((one) => isLoaded(one) || one.path === patch.component.path);
  const indexes: ComponentIndex[] = [];
  let parsedFiles = 0;
  for (const component of loaded) {
    context.signal.throwIfAborted();
    const { url, commit, ref, tree, path } = component;
    const own = path === patch.component.path;
    const fetched = await ports.objects.fetch({ url, commit, ref }, quiet);
    if (!fetched.ok) return fetched;
    if (!isLoaded(component)) {
      indexes.push(componentIndex(component, { files: [], registration: undefined, parsed: 0 }));
      continue;
    }
    const before = await readTree(tools, { url, id: own ? patch.base.tree : tree });
    const now = own ? await readTree(tools, { url, id: patch.tree }, before) : before;
    parsedFiles += now.parsed + (own ? before.parsed : 0);
    const syntax = own ? checkSyntax(patch, now) : ok();
    if (!syntax.ok) return syntax;
    indexes.push(componentIndex(component, now, own ? before : undefined));
  }
  context.emit({ code: 'test/index-read', components: indexes.length, parsedFiles, ms: context.clock.now() - started });
  return ok(indexes);
}

function isLoaded({ kind }: LockedComponent): boolean {
  return kind === 'extension' || kind === 'skin';
}

/** The image, and the two wikis: with the patch and without it. */
async function prepare(
  work: {
    readonly patch: Patch;
    readonly request: TestRequest & RunOptions;
    readonly run: string;
    readonly folder: string;
  },
  ports: TestPorts,
  context: Context,
): Promise<Outcome<{ readonly patched: ShardRun; readonly parent: ShardRun }>> {
  const { patch, request, run, folder } = work;
  const started = context.clock.now();
  const image = await ports.testImage(request.lock);
  if (!image.ok) return image;
  const { imageId } = image.value;
  context.emit({ code: 'test/image-ready', imageId, ms: context.clock.now() - started });
  const load = request.lock.components.filter(isLoaded).map(({ path }) => path);
  const before = await parentMount(patch, ports.objects, request.cache);
  const parentWiki: TestWiki = { imageId, load, ...(before === undefined ? {} : { patch: before }) };
  const mount = { mount: mountOf(patch.component.path, patch.root), tree: patch.tree };
  const patchedWiki: TestWiki = { imageId, load, patch: mount };
  const tools = { ...ports, scratch: join(request.cache, 'runs') };
  const snapshot = await ensureSnapshot({ imageId, load }, tools, context);
  if (!snapshot.ok) return snapshot;
  const fresh = changesInstall(patch) ? await ensureSnapshot(patchedWiki, tools, context) : snapshot;
  if (!fresh.ok) {
    return fail({ ...fresh.diagnostics[0], exit: 'failed' });
  }
  const common = { folder, run };
  return ok({
    patched: { ...common, wiki: patchedWiki, snapshot: fresh.value.path, keepFailed: request.keep === true },
    parent: { ...common, wiki: parentWiki, snapshot: snapshot.value.path, keepFailed: false },
  });
}

/** A wiki that is installed with the patch may have other tables. */
function changesInstall({ files }: Patch): boolean {
  return files.some(({ path }) => ['database', 'registration', 'unknown'].includes(kindOf(path)));
}

function changesRead(patch: Patch): TestEvent {
  const lines = (ranges: readonly { from: number; to: number }[]): number =>
    ranges.reduce((sum, { from, to }) => (to < Number.MAX_SAFE_INTEGER ? sum + to - from + 1 : sum), 0);
  return {
    code: 'test/changes-read',
    component: patch.component.name,
    base: patch.base.name,
    files: patch.files.map(({ path, status, before, after }) => ({
      path,
      status,
      lines: Math.max(lines(before), lines(after)),
    })),
    uncommitted: patch.uncommitted,
  };
}

function planned(plan: TestPlan, changes: number): TestEvent {
  const selected: Record<string, number> = {};
  for (const { component } of plan.selected) selected[component] = (selected[component] ?? 0) + 1;
  return {
    code: 'test/planned',
    changes,
    selected,
    parserTests: plan.parserTests.map(({ component }) => component),
    total: plan.total,
    wider: plan.wider,
    because: plan.selected
      .map((test) => ({ test: test.class, because: test.because }))
      .sort((a, b) => a.because.length - b.because.length),
  };
}
