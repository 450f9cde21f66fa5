/** A small set whose components come from the small Gerrit, as `mwpipe resolve` sees it: what its changes do to the lock. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { all, type Outcome } from '../../src/kernel/outcome.ts';
import {
  parseAskedChange,
  resolveChanges,
  resolveSet,
  type LockedComponent,
  type Lockfile,
  type ResolveEvent,
} from '../../src/resolve/index.ts';
import { testContext } from './context.ts';
import { gerritWorld, type GerritWorld } from './gerrit.ts';

export interface ReviewedSet extends GerritWorld {
  /** `mwpipe resolve demo --patch ...`, unwritten. */
  patched(...asked: readonly (string | { readonly number: number })[]): Promise<Patched>;
}

interface Patched {
  readonly outcome: Outcome<Lockfile>;
  /** `Echo 1002/1 (1001 depends on it)`, in the order of the lock. */
  readonly applied: readonly string[];
  /** `merged 1002/1 to master` */
  readonly notes: readonly string[];
  /** `code message` */
  readonly wrong: readonly string[];
  readonly events: readonly ResolveEvent[];
  component(name: string): LockedComponent;
  /** A file of the component with the changes on top. */
  file(name: string, path: string): Promise<string | undefined>;
}

const SOURCE = 'https://git.world.example/r/mediawiki';

/** @param branches the set's policy, `[REL1_43, master]` */
export async function reviewedSet(branches = '[master]'): Promise<ReviewedSet> {
  const lines = Array.from({ length: 12 }, (_, at) => `line ${at + 1}\n`).join('');
  const world = await gerritWorld({
    core: { 'includes/Defines.php': "<?php\ndefine( 'MW_VERSION', '1.44.0' );\n", 'a.php': lines },
    'extensions/Echo': { 'extension.json': '{ "name": "Echo", "version": "1.0" }', 'a.php': lines, 'b.php': lines },
    'extensions/Thanks': { 'extension.json': '{ "name": "Thanks", "requires": { "extensions": { "Echo": "*" } } }' },
    'extensions/Stranger': { 'a.php': lines },
  });
  await mkdir(join(world.root, 'extension-sets'));
  const sources = `sources:\n  core: ${SOURCE}/core\n  extension: ${SOURCE}/extensions/{name}\n`;
  const set = `version: 1\nbranches: ${branches}\n${sources}components: [core, Echo, Thanks]\n`;
  await writeFile(join(world.root, 'extension-sets/demo.yaml'), set);
  const patched: ReviewedSet['patched'] = async (...asked) => {
    const context = testContext();
    const outcome = await resolve(
      world,
      asked.map((one) => (typeof one === 'string' ? one : `${one.number}`)),
      context,
    );
    return shown(outcome, context.events as ResolveEvent[], world);
  };
  return { ...world, patched, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

async function resolve(
  world: GerritWorld,
  asked: readonly string[],
  context: ReturnType<typeof testContext>,
): Promise<Outcome<Lockfile>> {
  const changes = all(asked.map(parseAskedChange));
  if (!changes.ok) return changes;
  const onTop = (lock: Lockfile) =>
    resolveChanges({ lock, asked: changes.value }, { ...world.ports, reviews: world.reviews }, context);
  const resolved = await resolveSet({ root: world.root, set: 'demo', onTop }, world.ports, context);
  return resolved.ok ? { ok: true, value: resolved.value.lock } : resolved;
}

function shown(outcome: Outcome<Lockfile>, events: readonly ResolveEvent[], world: GerritWorld): Patched {
  const components = outcome.ok ? outcome.value.components : [];
  const component = (name: string): LockedComponent => components.find((one) => one.name === name)!;
  return {
    outcome,
    events,
    component,
    applied: components.flatMap(({ name, patch }) =>
      (patch?.changes ?? []).map(({ change, patchset, because }) => `${name} ${change}/${patchset} (${because})`),
    ),
    notes: events.flatMap((event) =>
      event.code === 'resolve/change-noted' ? [`${event.note} ${event.change}/${event.patchset} ${event.detail}`] : [],
    ),
    wrong: outcome.ok ? [] : outcome.diagnostics.map(({ code, message }) => `${code} ${message}`),
    file: async (name, path) => {
      const { url, patch, tree } = component(name);
      return (await world.ports.objects.file({ url, id: patch?.tree ?? tree }, path))?.toString();
    },
  };
}
