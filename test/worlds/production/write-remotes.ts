/** Writes every generated repo of the production world, some at once; the real ones are borrowed from the real world. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { generatedHistory } from './history.ts';
import { laterFiles, repoFiles } from './repo-files.ts';
import { described, productionRepos, type ProductionRepo } from './repos.ts';
import { writeRepo, type WrittenCommit } from './write-repo.ts';

/** 2024-10-07, as in the real world: the week in which 1.43 was cut. */
const FIRST_WEEK = 1728259200;
const WEEK = 7 * 24 * 3600;
/** Processes that write at once: each waits for the disk part of its time. */
const AT_ONCE = 4;

/** Below the remotes: what only submodules name. */
export const SUBMODULE_REPOS = ['mediawiki/services/function-schemata', 'mediawiki/services/function-vectors'] as const;

/** @returns their paths below the remotes, `mediawiki/extensions/Echo` */
export async function writeGenerated(into: string, signal: AbortSignal): Promise<readonly string[]> {
  const repos = productionRepos();
  const known = new Map(repos.map((repo) => [repo.name, repo]));
  const lookup = (name: string): ProductionRepo => known.get(name) ?? described(name);
  const limit = pLimit(AT_ONCE);
  const write = async (path: string, commits: readonly WrittenCommit[]): Promise<string> => {
    const gitDir = join(into, `${path}.git`);
    await mkdir(dirname(gitDir), { recursive: true });
    return writeRepo(gitDir, commits, signal);
  };
  const schemata = await writeSubmodules(write);
  const generated = repos.filter(({ real }) => !real);
  const written = await Promise.allSettled(
    generated.map((repo) =>
      limit(() => write(repo.path, commitsOf(repo, { lookup, ...(repo.name === 'WikiLambda' ? { schemata } : {}) }))),
    ),
  );
  // Only when none writes any more may the caller throw away what is half.
  const failed = written.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return [...generated.map(({ path }) => path), ...SUBMODULE_REPOS];
}

/** `function-schemata` has a submodule of its own, by a url relative to its own. @returns its commit */
async function writeSubmodules(
  write: (path: string, commits: readonly WrittenCommit[]) => Promise<string>,
): Promise<string> {
  const only = (files: Readonly<Record<string, string>>, links = {}): readonly WrittenCommit[] => [
    { message: 'Import', at: FIRST_WEEK, files, links, refs: ['refs/heads/master'] },
  ];
  const vectors = await write(SUBMODULE_REPOS[1], only({ 'vectors.json': '[]\n' }));
  const gitmodules = gitmodulesOf('test/vectors', '../function-vectors');
  const files = { '.gitmodules': gitmodules, 'schemata.json': '{}\n' };
  return write(SUBMODULE_REPOS[0], only(files, { 'test/vectors': vectors }));
}

interface Surroundings {
  readonly lookup: (name: string) => ProductionRepo;
  /** Commit of the submodule, for the repo that has one. */
  readonly schemata?: string;
}

function commitsOf(repo: ProductionRepo, { lookup, schemata }: Surroundings): readonly WrittenCommit[] {
  const { weeks, branches, tag } = generatedHistory(repo.name);
  const url = `https://gerrit.wikimedia.org/r/${SUBMODULE_REPOS[0]}`;
  return weeks.map((week) => ({
    message: week === 1 ? `Import ${repo.name}` : `Say in week ${week} what was saved`,
    at: FIRST_WEEK + week * WEEK,
    files: {
      ...(week === 1 ? repoFiles(repo, lookup) : laterFiles(repo, lookup, week)),
      ...(week === 1 && schemata !== undefined ? { '.gitmodules': gitmodulesOf('function-schemata', url) } : {}),
    },
    links: week === 1 && schemata !== undefined ? { 'function-schemata': schemata } : {},
    refs: Object.entries(branches).flatMap(([ref, at]) => (at === week ? [ref] : [])),
    tag: week === 1 ? tag : undefined,
  }));
}

function gitmodulesOf(path: string, url: string): string {
  return `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${url}\n`;
}
