/** Resolving the real world: MediaWiki's 39 repos, made from Debian's source, to the committed lockfiles. */
import { copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveIn } from '../../src/composition/resolve.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { openWorkspace, type Workspace } from '../../src/kernel/workspace.ts';
import type { ResolveEvent } from '../../src/resolve/index.ts';
import { ensureWorld, worldCheckout } from '../worlds/mediawiki/index.ts';

const repo = join(import.meta.dirname, '../..');
const cache = process.env['MWPIPE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mwpipe');
const context = { signal: new AbortController().signal, clock: systemClock, emit: () => undefined };

/** This checkout's sets and locks in a workspace of the test's own. */
async function workspaceCopy() {
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-resolve-'));
  await copyFile(join(repo, 'mwpipe.yaml'), join(root, 'mwpipe.yaml'));
  await cp(join(repo, 'extension-sets'), join(root, 'extension-sets'), { recursive: true });
  const world = await ensureWorld({ cache, context });
  if (!world.ok) throw new Error(world.diagnostics[0].message);
  const workspace = await openWorkspace({ from: root, cache });
  if (!workspace.ok) throw new Error(workspace.diagnostics[0].message);
  return {
    workspace: workspace.value,
    world: world.value,
    root,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const lockOf = async (workspace: Workspace, set: string, train?: string) => {
  const variables = train === undefined ? {} : { train };
  const resolved = await resolveIn(workspace, { set, mode: 'dry-run', variables, patches: [] }, context);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.diagnostics));
  return resolved.value;
};

it('the committed locks are what the world resolves to', async () => {
  await using copy = await workspaceCopy();
  for (const [set, components] of [
    ['demo', 14],
    ['tarball', 39],
  ] as const) {
    const frozen = await resolveIn(copy.workspace, { set, mode: 'frozen', patches: [] }, context);
    expect(frozen).toMatchObject({ ok: true, value: { changes: [], written: false } });
    expect(frozen.ok && frozen.value.lock.components).toHaveLength(components);
  }
});

it('the next train moves every ref, and changes the files of three repos', async () => {
  await using copy = await workspaceCopy();
  const { lock, changes } = await lockOf(copy.workspace, 'tarball', '1.43.0-wmf.2');
  expect(lock.mediawiki).toBe('1.43.0-wmf.2');
  expect(changes).toHaveLength(39);
  const changed = changes.filter(({ treeChanged }) => treeChanged).map(({ component }) => component);
  expect(changed).toEqual(['core', 'Cite', 'Poem']);
});

it("puts a developer's checkout on top of the lock", async () => {
  await using copy = await workspaceCopy();
  const into = join(copy.root, 'Poem');
  await worldCheckout(copy.world, { component: 'extensions/Poem', branch: 'wmf/1.43.0-wmf.1', into });
  await mkdir(join(into, 'docs'));
  await copyFile(join(into, 'LICENSE'), join(into, 'docs/LICENSE'));
  const events: ResolveEvent[] = [];
  const patches = [{ folder: into }];
  const emit = (event: ResolveEvent): void => void events.push(event);
  const resolved = await resolveIn(copy.workspace, { set: 'demo', mode: 'dry-run', patches }, { ...context, emit });
  const poem = resolved.ok ? resolved.value.lock.components.find(({ name }) => name === 'Poem') : undefined;
  expect(poem?.patch).toMatchObject({ from: into });
  expect(poem?.patch?.tree).not.toBe(poem?.tree);
  expect(events.at(-1)).toMatchObject({ code: 'resolve/patch-taken', component: 'Poem', changed: true });
});
