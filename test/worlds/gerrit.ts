/**
 * A small real Gerrit: `await using world = await gerritWorld({ core: { 'a.php': '<?php' } })`, then `world.change('core',
 * { files })`. Its REST answers in Gerrit's shapes from what was made, its repos are real git over smart HTTP.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openReviews } from '../../src/adapters/gerrit/index.ts';
import { openGit, type GitPorts } from '../../src/adapters/git/index.ts';
import type { Reviews } from '../../src/resolve/ports.ts';
import { PLAIN_GIT } from './fast-import.ts';
import { answerRest, type ServedChange } from './gerrit-rest.ts';
import { answerGit } from './git-http.ts';
import { gitWorld, type GitWorld, type WorldFiles, importLines } from './git.ts';
import { changeIdOf, messageOf, refOf, subjectOf, type MadeChange, type ReviewWorld } from './review-changes.ts';

export interface GerritWorld extends GitWorld, ReviewWorld {
  /** git by HTTP; the mirrors of its cache are of this world alone. */
  readonly ports: GitPorts;
  readonly reviews: Reviews;
  /** What `mirrors` of a workspace has to say. */
  readonly mirror: { readonly from: string; readonly to: string };
  /** Requests so far, `GET /changes/1001?...`; of git too. */
  readonly requests: readonly string[];
  /** A second cache, as another machine has. */
  elsewhere(): GitPorts;
  setStatus(change: MadeChange, status: MadeChange['status']): void;
}

const GERRIT = 'https://git.world.example/r';
const FIRST = 1001;

export async function gerritWorld(repos: Readonly<Record<string, WorldFiles>>): Promise<GerritWorld> {
  const world = await gitWorld(repos);
  const served = new Map<number, ServedChange>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    void answer({ world, served }, request, response).catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const mirror = { from: `${GERRIT}/`, to: `http://127.0.0.1:${(server.address() as AddressInfo).port}/r/` };
  const gitIn = (cache: string) => openGit({ cache, mirrors: [mirror], environment: { ...process.env, ...PLAIN_GIT } });
  let caches = 0;
  return {
    ...world,
    ...{ gerrit: GERRIT, mirror, requests },
    ports: gitIn(world.cache),
    reviews: openReviews({ mirrors: [mirror] }),
    elsewhere: () => gitIn(join(world.root, `cache-${(caches += 1)}`)),
    change: (repo, options = {}) => {
      const number = FIRST + served.size;
      const { branch = 'master', status = 'NEW', id = changeIdOf(number) } = options;
      const start = { number, id, repo, branch, status, patchset: 1, project: `mediawiki/${repo}` };
      served.set(number, {
        ...start,
        patchsets: [],
        ...(options.visibility ? { visibility: options.visibility } : {}),
      });
      return push({ world, served }, start, options);
    },
    amend: (change, options) =>
      push({ world, served }, { ...change, patchset: change.newest + 1 }, { branch: change.branch, ...options }),
    setStatus: ({ number }, status) => {
      const one = served.get(number);
      if (one !== undefined) served.set(number, { ...one, status });
    },
    [Symbol.asyncDispose]: async () => {
      await endServer(server);
      await world[Symbol.asyncDispose]();
    },
  };
}

interface Site {
  readonly world: GitWorld;
  readonly served: Map<number, ServedChange>;
}

type Start = Pick<MadeChange, 'number' | 'id' | 'repo' | 'branch' | 'status' | 'patchset' | 'project'>;

/** One more patchset: a commit under refs/changes, and on the branch too where it is merged. */
async function push(
  { world, served }: Site,
  start: Start,
  options: Parameters<ReviewWorld['change']>[1] = {},
): Promise<MadeChange> {
  const { number, id, repo, branch, patchset } = start;
  const gitDir = join(world.root, 'remotes/mediawiki', `${repo}.git`);
  const before = served.get(number);
  const parent =
    options.parent?.commit ??
    before?.patchsets.at(-1)?.parents[0] ??
    (await world.git(gitDir, 'rev-parse', `refs/heads/${branch}`));
  const message = messageOf(number, id, options);
  const ref = refOf(number, patchset);
  await importCommit(gitDir, { ref, parent, message, files: options.files ?? { [`${number}.txt`]: `${patchset}\n` } });
  const commit = await world.git(gitDir, 'rev-parse', ref);
  if (start.status === 'MERGED') await world.git(gitDir, 'update-ref', `refs/heads/${branch}`, commit);
  const made = { ref, commit, message, patchset, parents: [parent], subject: subjectOf(number, options) };
  if (before !== undefined) served.set(number, { ...before, patchsets: [...before.patchsets, made] });
  return { ...start, ...made, newest: patchset, ...(options.visibility ? { visibility: options.visibility } : {}) };
}

async function importCommit(
  gitDir: string,
  commit: { readonly ref: string; readonly parent: string; readonly message: string; readonly files: WorldFiles },
): Promise<void> {
  const changes = importLines(commit.files);
  const head = `commit ${commit.ref}\ncommitter World <world@world.example> 1728259200 +0000\n`;
  const message = `data ${Buffer.byteLength(commit.message)}\n${commit.message}\n`;
  const git = spawn('git', ['-C', gitDir, 'fast-import', '--quiet'], {
    env: { ...process.env, ...PLAIN_GIT },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  git.stdin.end(`${head}${message}from ${commit.parent}\n${changes.join('')}\n`);
  const [code] = (await once(git, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import in ${gitDir} ended with ${code}`);
}

async function answer({ world, served }: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Not by URL: it would turn the %2F of a project into nothing, or take `/../` away.
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  if (path.startsWith('/r/changes/')) {
    const rest = await answerRest(path.slice('/r/'.length), new URLSearchParams(query), { world, served });
    response.statusCode = rest.status;
    response.setHeader('content-type', rest.status === 200 ? 'application/json; charset=UTF-8' : 'text/plain');
    response.end(rest.body);
    return;
  }
  const [repo = '', service = ''] = path.slice('/r'.length).split(/(?=\/(?:info\/refs|git-upload-pack)$)/);
  const root = join(world.root, 'remotes');
  await answerGit({ root, path: `${repo.replace(/\.git$/, '')}.git${service}`, query }, request, response);
}

async function endServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
