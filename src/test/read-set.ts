/** Reads the set with the patch in it: every component's code and registration, as far as it is new. */
import { ok, type Outcome } from '../kernel/outcome.ts';
import type { RunContext } from '../kernel/run-context.ts';
import type { LockedComponent, Lockfile } from '../resolve/index.ts';
import type { ComponentIndex } from './component-index.ts';
import type { TestEvent } from './events.ts';
import { imageTree } from './image-tree.ts';
import { lazyPhp } from './lazy-php.ts';
import type { TestPorts } from './ports.ts';
import { componentIndex, readTree, type IndexTools } from './read-index.ts';
import { checkSyntax, type Patch } from './read-patch.ts';

type Context = RunContext<TestEvent>;

/** Every component that MediaWiki loads, and the patched one; core and libraries else are used by name only. */
export async function readComponents(
  { lock, patch }: { readonly lock: Lockfile; readonly patch: Patch },
  ports: TestPorts,
  context: Context,
): Promise<Outcome<ComponentIndex[]>> {
  const started = context.clock.now();
  await using php = lazyPhp(ports.openPhp);
  const tools: IndexTools = { objects: ports.objects, blobs: ports.blobs, php: php.read };
  const quiet = { ...context, emit: () => undefined };
  const loaded = lock.components.filter((one) => isLoaded(one) || one.path === patch.component.path);
  const indexes: ComponentIndex[] = [];
  let parsedFiles = 0;
  for (const component of loaded) {
    context.signal.throwIfAborted();
    const { url, commit, ref, path } = component;
    const own = path === patch.component.path;
    const fetched = await ports.objects.fetch({ url, commit, ref }, quiet);
    if (!fetched.ok) return fetched;
    const scope = scopeOf(component, patch);
    const before = await readTree(tools, { url, id: own ? patch.base.tree : imageTree(component) }, scope.before);
    const now = own ? await readTree(tools, { url, id: patch.tree }, { ...scope.now, known: before }) : before;
    parsedFiles += now.parsed + (own ? before.parsed : 0);
    const syntax = own ? checkSyntax(patch, now) : ok();
    if (!syntax.ok) return syntax;
    indexes.push(componentIndex(component, now, own ? before : undefined));
  }
  context.emit({ code: 'test/index-read', components: indexes.length, parsedFiles, ms: context.clock.now() - started });
  return ok(indexes);
}

/** Of core and vendor, which are never read whole: the tests, and what changed. */
function scopeOf({ kind }: LockedComponent, patch: Patch) {
  if (kind !== 'core' && kind !== 'vendor') return { before: {}, now: {} };
  const isTest = (path: string): boolean => kind === 'core' && path.startsWith('tests/phpunit/');
  const changed = new Set(patch.files.map(({ path }) => path));
  return {
    before: { only: { name: 'tests', has: isTest } },
    now: { only: { name: 'patch', has: (path: string) => isTest(path) || changed.has(path) } },
  };
}

export function isLoaded({ kind }: LockedComponent): boolean {
  return kind === 'extension' || kind === 'skin';
}
