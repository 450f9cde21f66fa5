/** What is to be said of an image: licences and packages of each tree, the runtime's Debian packages. Read once a tree. */
import { z } from 'zod';
import { digestOf } from '../../kernel/digest.ts';
import { messageOf } from '../../kernel/error.ts';
import { all, ok, type Outcome } from '../../kernel/outcome.ts';
import type { RunContext } from '../../kernel/run-context.ts';
import { parseYaml } from '../../kernel/yaml-document.ts';
import type { BlobStore } from '../../kernel/blob-store.ts';
import type { GitObjects, LockedComponent, Lockfile } from '../../resolve/index.ts';
import type { SupplyEvent } from './events.ts';
import { mountedTrees } from '../layers/mounted-trees.ts';
import type { MountedTree } from '../layers/mount.ts';
import { openTree } from '../layers/open-tree.ts';
import type { StoredRuntime } from '../ports.ts';
import { readDebian, type DebianFacts } from './debian-packages.ts';
import { composerPackages, foreignPackages, npmPackages, type Package } from './packages.ts';

export interface TreeFacts {
  readonly licences: readonly string[];
  readonly packages: readonly (Package & { readonly from: string })[];
}

export interface SupplyFacts {
  /** By the name of a mounted tree: `Cite`, `VisualEditor/lib/ve`. */
  readonly trees: ReadonlyMap<string, TreeFacts>;
  /** Undefined where the runtime isn't Debian. */
  readonly debian: DebianFacts | undefined;
}

export interface SupplyPorts {
  readonly objects: GitObjects;
  readonly blobs: BlobStore;
}

type Context = RunContext<SupplyEvent>;

/** @returns fails as `GitObjects.fetch` does, and with `build/wrong-tree` */
export async function readSupplyFacts(
  { lock, runtime }: { readonly lock: Lockfile; readonly runtime: StoredRuntime },
  ports: SupplyPorts,
  context: Context,
): Promise<Outcome<SupplyFacts>> {
  const read: Outcome<readonly [string, TreeFacts]>[] = [];
  for (const component of lock.components) {
    for (const mounted of mountedTrees(component)) {
      const facts = await treeFacts({ mounted, component }, ports, context);
      read.push(facts.ok ? ok([mounted.name, facts.value]) : facts);
    }
  }
  const trees = all(read);
  if (!trees.ok) return trees;
  return ok({ trees: new Map(trees.value), debian: await debianFacts(runtime, ports, context) });
}

interface Tree {
  readonly mounted: MountedTree;
  readonly component: LockedComponent;
}

async function treeFacts({ mounted, component }: Tree, ports: SupplyPorts, context: Context) {
  const id = shownTree(mounted, component);
  const name = `supply-tree/${id}`;
  const known = treeFactsSchema.safeParse(await ports.blobs.recall(name));
  if (known.success) return ok(known.data as TreeFacts);
  const opened = await openTree(mounted, ports.objects, context);
  if (!opened.ok) return opened;
  const facts = await readTree({ mounted, component, id }, ports.objects, context);
  await ports.blobs.remember(name, facts);
  context.emit({ code: 'build/tree-described', component: mounted.name, packages: facts.packages.length });
  return ok(facts);
}

/** Changes under review are everybody's to read; an embargoed patch's tree is read by nobody who tells. */
function shownTree({ name, tree }: MountedTree, { patch, name: own }: LockedComponent): string {
  return name === own && patch !== undefined && patch.security === undefined ? patch.tree : tree;
}

async function readTree(
  { mounted, component, id }: Tree & { readonly id: string },
  objects: GitObjects,
  context: Context,
): Promise<TreeFacts> {
  const { url, name } = mounted;
  const paths = (await objects.entries({ url, id })).filter(({ bytes }) => bytes < LARGEST).map(({ path }) => path);
  const there = new Set(paths);
  const documentAt = async (path: string): Promise<unknown> => {
    const data = there.has(path) ? await objects.file({ url, id }, path) : undefined;
    if (data === undefined) return undefined;
    const parsed = path.endsWith('.yaml') ? parsedYaml(path, data) : parsedJson(data);
    if (!parsed.ok)
      context.emit({ code: 'build/package-list-skipped', component: name, path, because: parsed.because });
    return parsed.ok ? parsed.value : undefined;
  };
  const packages: (Package & { from: string })[] = [];
  for (const { path, parse } of listsIn(paths)) {
    const document = await documentAt(path);
    const found = document === undefined ? [] : parse(document);
    if (found === undefined) {
      context.emit({ code: 'build/package-list-skipped', component: name, path, because: 'is no list of packages' });
    } else packages.push(...found.map((one) => ({ ...one, from: path })));
  }
  const manifests = [component.manifest ?? '', 'extension.json', 'skin.json', 'composer.json', 'package.json'];
  const documents = await Promise.all(manifests.map((path) => documentAt(path)));
  return { licences: documents.map(licenceIn).find((texts) => texts.length > 0) ?? [], packages };
}

/** The longest of the real ones, core's package-lock.json, is 1 MB. */
const LARGEST = 64_000_000;

/** Composer's of `vendor` itself, and of a component that carries its own. */
const LISTS = [
  { at: /^(vendor\/)?composer\/installed\.json$/, parse: composerPackages },
  { at: /^package-lock\.json$/, parse: npmPackages },
  { at: /(^|\/)foreign-resources\.yaml$/, parse: foreignPackages },
];

function listsIn(paths: readonly string[]) {
  return paths.flatMap((path) => LISTS.filter(({ at }) => at.test(path)).map(({ parse }) => ({ path, parse })));
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly because: string };

function parsedJson(data: Buffer): Parsed {
  try {
    return { ok: true, value: JSON.parse(data.toString().replace(/^\uFEFF/, '')) };
  } catch (thrown) {
    return { ok: false, because: messageOf(thrown) };
  }
}

function parsedYaml(path: string, data: Buffer): Parsed {
  const parsed = parseYaml(path, data.toString(), z.unknown());
  return parsed.ok ? { ok: true, value: parsed.value.value } : { ok: false, because: parsed.diagnostics[0].message };
}

const licenceSchema = z.object({
  'license-name': z.string().optional().catch(undefined),
  license: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
});

function licenceIn(document: unknown): string[] {
  const { 'license-name': name, license = [] } = licenceSchema.safeParse(document).data ?? {};
  return [name ?? license].flat();
}

async function debianFacts({ layers }: StoredRuntime, { blobs }: SupplyPorts, context: Context) {
  const name = `supply-debian/${digestOf(layers.map(({ diffId }) => diffId))}`;
  const known = debianSchema.safeParse(await blobs.recall(name));
  if (known.success) return known.data;
  const started = context.clock.now();
  const debian = await readDebian(layers, { blobs, signal: context.signal });
  if (debian === undefined) return undefined;
  await blobs.remember(name, debian);
  const ms = context.clock.now() - started;
  context.emit({ code: 'build/runtime-described', packages: debian.packages.length, ms });
  return debian;
}

const texts = z.array(z.string());

const treeFactsSchema = z.object({
  licences: texts,
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      purl: z.string().exactOptional(),
      licences: texts,
      url: z.string().exactOptional(),
      hash: z.object({ alg: z.enum(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']), content: z.string() }).exactOptional(),
      requires: texts,
      from: z.string(),
    }),
  ),
});

const debianSchema = z.object({
  distro: z.string(),
  title: z.string(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), architecture: z.string(), source: z.string() })),
  archives: texts,
});
