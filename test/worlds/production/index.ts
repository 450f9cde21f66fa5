/**
 * Production's 194 repos with core and vendor: the 37 that MediaWiki's source has, and 159 generated ones with the names
 * and dependencies of today's. Made once in the cache (some seconds); each test gets remotes of its own that borrow the
 * objects, so that it may push to them, move branches and break them.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import type { RunContext } from '../../../src/kernel/run-context.ts';
import { addCommit, type WorldFiles } from '../git.ts';
import { ensureWorld, type WorldEvent } from '../mediawiki/index.ts';
import { publish, sweep } from '../publish.ts';
import { borrowRepo } from './bare-repo.ts';
import { reposWithout } from './history.ts';
import { productionRepos, type ProductionRepo } from './repos.ts';
import { writeGenerated } from './write-remotes.ts';

export { productionWorkspace } from './workspace.ts';

export interface ProductionWorld extends AsyncDisposable {
  /** Folder of the bare repos: `mediawiki/core.git`, `mediawiki/extensions/Echo.git`, ... */
  readonly remotes: string;
  /** The 194, without core and vendor. */
  readonly repos: readonly ProductionRepo[];
  /** Names of the repos that lack a branch, `wmf/1.43.0-wmf.1`. */
  reposWithout(branch: string): readonly string[];
  /** The bare repo of `core`, `Echo`, `skins/Vector`. */
  remote(name: string): string;
  /** Adds a commit to a branch. @returns its id */
  commit(name: string, files: WorldFiles, branch?: string): Promise<string>;
}

export interface ProductionRequest {
  /** mwpipe's cache folder: the world lives in `production` below it, the real one in `world`. */
  readonly cache: string;
  readonly context: RunContext<WorldEvent>;
  /** @default `production` in the cache */
  readonly root?: string;
}

/** Raise it when what is generated changes: a world made before is made again. */
const PRODUCTION_VERSION = 1;
const AT_ONCE = 16;

/** Throws where the real world can't be had. */
export async function productionWorld(request: ProductionRequest): Promise<ProductionWorld> {
  const made = await ensureProduction(request);
  const root = await mkdtemp(join(tmpdir(), 'mwpipe-production-'));
  const remotes = join(root, 'remotes');
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    Object.entries(made.repos).map(([path, from]) =>
      limit(async () => {
        await mkdir(dirname(join(remotes, path)), { recursive: true });
        await borrowRepo(from, join(remotes, `${path}.git`));
      }),
    ),
  );
  const repos = productionRepos();
  const remote = (name: string): string => join(remotes, `${pathOf(repos, name)}.git`);
  return {
    ...{ remotes, repos, reposWithout, remote },
    commit: (name, files, branch = 'master') => addCommit(remote(name), files, { branch }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

function pathOf(repos: readonly ProductionRepo[], name: string): string {
  return repos.find((repo) => repo.name === name)?.path ?? `mediawiki/${name}`;
}

interface MadeProduction {
  /** Each repo's bare folder, by its path below the remotes. */
  readonly repos: Readonly<Record<string, string>>;
}

/** Makes it where it isn't there yet, or where this code or the real world is another. */
export async function ensureProduction({
  cache,
  context,
  root = join(cache, 'production'),
}: ProductionRequest): Promise<MadeProduction> {
  const real = await ensureWorld({ cache, context });
  if (!real.ok) throw new Error(real.diagnostics[0].message);
  const source = await realpath(real.value.remotes);
  const generated = (await readRecord(root)) ?? (await makeProduction(root, context));
  const made = join(root, 'remotes');
  const taken = ['mediawiki/core', 'mediawiki/vendor', ...realPaths()];
  return {
    repos: Object.fromEntries([
      ...taken.map((path) => [path, join(source, `${path}.git`)] as const),
      ...generated.map((path) => [path, join(made, `${path}.git`)] as const),
    ]),
  };
}

function realPaths(): string[] {
  return productionRepos()
    .filter(({ real }) => real)
    .map(({ path }) => path);
}

interface ProductionRecord {
  readonly version: number;
  readonly generated: readonly string[];
}

const RECORD = 'production.json';

async function readRecord(root: string): Promise<readonly string[] | undefined> {
  const text = await readFile(join(root, 'remotes', RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as ProductionRecord;
  return record.version === PRODUCTION_VERSION ? record.generated : undefined;
}

async function makeProduction(root: string, { signal, clock }: RunContext<WorldEvent>): Promise<readonly string[]> {
  await mkdir(root, { recursive: true });
  await sweep(root, clock);
  const made = join(root, `.making-${randomUUID()}`);
  try {
    const generated = await writeGenerated(made, signal);
    const record: ProductionRecord = { version: PRODUCTION_VERSION, generated };
    await writeFile(join(made, RECORD), `${JSON.stringify(record)}\n`);
    await publish({ root, made, key: `v${PRODUCTION_VERSION}`, record: RECORD });
    return generated;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
