/**
 * A year of weekly trains on the real trees: each week core, most extensions' messages and some of their code change, and
 * real layers are made of what moved. Beside it what is done today: one layer a deploy on top of the last image, built
 * anew when the engine's limit of layers is reached. Bytes are compressed ones, as a node pulls them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDelta } from '../../src/build/layers/delta.ts';
import { deltaLayer, type LayerSpec } from '../../src/build/layers/layer-spec.ts';
import { makeLayer } from '../../src/build/layers/make-layer.ts';
import { mountedTrees } from '../../src/build/layers/mounted-trees.ts';
import { codeLayers } from '../../src/build/plan/layer-specs.ts';
import type { LayersFile } from '../../src/build/plan/layers-file.ts';
import { nextLayers } from '../../src/build/plan/next-layers.ts';
import { blobStore } from '../../src/kernel/blob-store.ts';
import type { Digest } from '../../src/kernel/digest.ts';
import type { StoredLayer } from '../../src/kernel/stored-layer.ts';
import type { GitObjects, LockedComponent, Lockfile, TreeEntry } from '../../src/resolve/index.ts';
import { mirrorOf, say } from './world.ts';

export interface Year {
  readonly weeks: number;
  readonly squashes: number;
  readonly mostLayers: number;
  /** Megabytes of the median, the worst and all weeks; of the image at the end. */
  readonly mwpipe: YearFigures;
  readonly layerADeploy: YearFigures;
}

interface YearFigures {
  readonly medianPull: number;
  readonly worstPull: number;
  readonly allPulls: number;
  readonly image: number;
}

interface Tools {
  readonly repo: string;
  readonly objects: GitObjects;
  readonly blobs: ReturnType<typeof blobStore>;
  readonly made: Map<Digest, StoredLayer>;
}

export async function year(
  { folder, components }: { readonly folder: string; readonly components: readonly LockedComponent[] },
  weeks: number,
): Promise<Year> {
  const repo = join(folder, 'year.git');
  execFileSync('git', ['init', '--quiet', '--bare', repo]);
  const lenders = components.map(({ url }) => `${join(mirrorOf(url), 'objects')}\n`);
  writeFileSync(join(repo, 'objects/info/alternates'), lenders.join(''));
  mkdirSync(join(folder, 'year-blobs'));
  const tools: Tools = {
    repo,
    objects: objectsIn(repo),
    blobs: blobStore(join(folder, 'year-blobs')),
    made: new Map(),
  };
  const random = generator(20_261_125);
  const ours: number[] = [];
  const theirs: number[] = [];
  let cut: LayersFile | undefined;
  // Nothing is fetched here: each tree stands for its commit.
  let now: readonly LockedComponent[] = components.map((component) => ({ ...component, commit: component.tree }));
  let squashes = 0;
  let mostLayers = 0;
  let had = new Set<Digest>();
  let stack = 0;
  for (let week = 0; week <= weeks; week += 1) {
    const before = now;
    if (week > 0) now = now.map((component) => moved(component, { week, random, tools }));
    const movedBytes = cut === undefined ? 0 : await bytesBetween(before, now, tools);
    const next = nextLayers({ set: 'year', components: now, previous: cut, sizeOf: sizes(tools), movedBytes });
    cut = next.file;
    if (next.change === 'squash') squashes += 1;
    const lock: Lockfile = { schema: 'mwpipe.lock/2', set: 'year', mediawiki: '1.43', components: now };
    const { base, deltas } = codeLayers({ lock, layers: cut, sizeOf: sizes(tools), entry: '' });
    const layers = await makeAll([...base, ...deltas], tools);
    const pulled = layers.filter(({ blob }) => !had.has(blob.digest));
    had = new Set(layers.map(({ blob }) => blob.digest));
    mostLayers = Math.max(mostLayers, layers.length);
    if (week === 0) {
      stack = total(layers);
      continue;
    }
    ours.push(total(pulled));
    const [layer] = await makeAll([weekLayer(before, now)], tools);
    theirs.push(layer?.blob.bytes ?? 0);
    stack += layer?.blob.bytes ?? 0;
    if (week % 13 === 0)
      say(`year: week ${week}, ${layers.length} layers, ${mb(total(layers))} MB, ${squashes} squashes`);
  }
  const image = [...had].reduce((sum, digest) => sum + (bytesOf(digest, tools) ?? 0), 0);
  return { weeks, squashes, mostLayers, mwpipe: figures(ours, image), layerADeploy: figures(theirs, stack) };
}

function figures(pulls: readonly number[], image: number): YearFigures {
  const sorted = pulls.toSorted((a, b) => a - b);
  return {
    medianPull: mb(sorted[Math.floor(sorted.length / 2)] ?? 0),
    worstPull: mb(sorted.at(-1) ?? 0),
    allPulls: mb(pulls.reduce((sum, one) => sum + one, 0)),
    image: mb(image),
  };
}

function bytesOf(digest: Digest, { made }: Tools): number | undefined {
  return [...made.values()].find(({ blob }) => blob.digest === digest)?.blob.bytes;
}

function weekLayer(before: readonly LockedComponent[], after: readonly LockedComponent[]): LayerSpec {
  const [from, to] = [before, after].map((components) => components.flatMap(mountedTrees)) as [
    ReturnType<typeof mountedTrees>,
    ReturnType<typeof mountedTrees>,
  ];
  const changed = to.filter(({ tree }, index) => from[index]?.tree !== tree);
  const paths = new Set(changed.map(({ path }) => path));
  const was = from.filter(({ path }) => paths.has(path));
  const mounts = to.map(({ path }) => path);
  return deltaLayer('week', { before: was, after: changed, mounts, because: '' });
}

async function bytesBetween(
  before: readonly LockedComponent[],
  after: readonly LockedComponent[],
  { objects }: Tools,
): Promise<number> {
  const { content } = weekLayer(before, after);
  if (content.kind !== 'delta') return 0;
  const { changed } = await readDelta(content, objects);
  return changed.reduce((sum, { entry }) => sum + entry.bytes, 0);
}

async function makeAll(specs: readonly LayerSpec[], { objects, blobs, made }: Tools): Promise<StoredLayer[]> {
  const layers: StoredLayer[] = [];
  for (const spec of specs) {
    const known = made.get(spec.key);
    const layer = known ?? (await makeOne(spec, { objects, blobs }));
    made.set(spec.key, layer);
    layers.push(layer);
  }
  return layers;
}

async function makeOne(spec: LayerSpec, ports: Pick<Tools, 'objects' | 'blobs'>): Promise<StoredLayer> {
  const context = {
    signal: new AbortController().signal,
    emit: () => undefined,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
  };
  const made = await makeLayer(spec, ports, context);
  if (!made.ok) throw new Error(made.diagnostics[0].message);
  return made.value;
}

/** Core moves every week and in many files, vendor seldom, extensions mostly by translations, some by code. */
function moved(
  component: LockedComponent,
  { week, random, tools }: { readonly week: number; readonly random: () => number; readonly tools: Tools },
): LockedComponent {
  const { kind } = component;
  const touched = kind === 'core' ? 1 : kind === 'vendor' ? 0.15 : 0.7;
  if (random() > touched) return component;
  const files = listed(tools.repo, component.tree).filter(({ path }) => /\.(php|js|json|less|vue)$/.test(path));
  const code = files.filter(({ path }) => !path.includes('i18n/'));
  const messages = files.filter(({ path }) => path.includes('i18n/'));
  const count = kind === 'core' ? 140 : kind === 'vendor' ? 60 : Math.floor(random() * 5);
  const chosen = new Set([...pick(code, count, random), ...pick(messages, kind === 'core' ? 60 : 12, random)]);
  const tree = rewritten(tools.repo, component.tree, { chosen, week });
  return { ...component, tree, commit: tree };
}

function pick<T>(from: readonly T[], count: number, random: () => number): T[] {
  return Array.from({ length: Math.min(count, from.length) }, () => from[Math.floor(random() * from.length)]).filter(
    (one) => one !== undefined,
  );
}

/** The same tree with a line more at the end of each chosen file. */
function rewritten(
  repo: string,
  tree: string,
  { chosen, week }: { readonly chosen: ReadonlySet<TreeEntry>; readonly week: number },
): string {
  const index = join(repo, 'bench-index');
  const env = { ...process.env, GIT_INDEX_FILE: index };
  execFileSync('git', ['-C', repo, 'read-tree', tree], { env });
  const wanted = [...chosen];
  const scratch = mkdtempSync(join(repo, 'files-'));
  const files = readBlobs(
    repo,
    wanted.map(({ oid }) => oid),
  ).map(({ oid, data }, at) => {
    const file = join(scratch, String(at));
    writeFileSync(file, Buffer.concat([data, Buffer.from(`\n// week ${week} ${oid}\n`)]));
    return file;
  });
  const hashing = ['-C', repo, 'hash-object', '-w', '--no-filters', '--stdin-paths'];
  const ids = execFileSync('git', hashing, { input: files.join('\n'), encoding: 'utf8' }).split('\n');
  rmSync(scratch, { recursive: true });
  const lines = wanted.map(({ mode, path }, at) => `${mode} ${ids[at] ?? ''}\t${path}\n`);
  execFileSync('git', ['-C', repo, 'update-index', '--index-info'], { env, input: lines.join('') });
  return execFileSync('git', ['-C', repo, 'write-tree'], { env, encoding: 'utf8' }).trim();
}

const lists = new Map<string, TreeEntry[]>();

function listed(repo: string, tree: string): TreeEntry[] {
  const known = lists.get(tree);
  if (known !== undefined) return known;
  const said = execFileSync('git', ['-C', repo, 'ls-tree', '-r', '-l', '-z', tree], {
    maxBuffer: 1e9,
    encoding: 'utf8',
  });
  const entries = said.split('\0').flatMap((row): TreeEntry[] => {
    const [, mode, , oid = '', bytes, path = ''] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(row) ?? [];
    return mode === undefined ? [] : [{ mode: mode as TreeEntry['mode'], path, oid, bytes: Number(bytes) || 0 }];
  });
  lists.set(tree, entries);
  return entries;
}

function sizes({ repo }: Tools): (tree: string) => number {
  return (tree) => listed(repo, tree).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Just enough of git for layers: one `cat-file --batch` a layer. */
function objectsIn(repo: string): GitObjects {
  const no = (): never => {
    throw new Error('not asked for here');
  };
  return {
    fetch: ({ commit }) => Promise.resolve({ ok: true, value: { tree: commit } }),
    entries: ({ id }) => Promise.resolve(listed(repo, id)),
    file: no,
    stat: no,
    commit: no,
    blobs: (_url, oids) => catFiles(repo, oids),
  };
}

async function* catFiles(repo: string, oids: readonly string[]): AsyncGenerator<{ oid: string; data: Buffer }> {
  for (let start = 0; start < oids.length; start += 2000) {
    yield* readBlobs(repo, oids.slice(start, start + 2000));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function readBlobs(repo: string, oids: readonly string[]): { oid: string; data: Buffer }[] {
  const ran = spawnSync('git', ['-C', repo, 'cat-file', '--batch'], { input: oids.join('\n'), maxBuffer: 2e9 });
  let at = 0;
  return oids.map((oid) => {
    const line = ran.stdout.indexOf(10, at);
    const bytes = Number(ran.stdout.toString('latin1', at, line).split(' ')[2]);
    const data = ran.stdout.subarray(line + 1, line + 1 + bytes);
    at = line + bytes + 2;
    return { oid, data };
  });
}

function total(layers: readonly StoredLayer[]): number {
  return layers.reduce((sum, { blob }) => sum + blob.bytes, 0);
}

function mb(bytes: number): number {
  return Number((bytes / 1e6).toFixed(1));
}

/** Numbers between 0 and 1, the same in each run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
