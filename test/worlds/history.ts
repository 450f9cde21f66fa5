/** Commits with messages, authors and dates on a remote of a git world: what a changelog is made of. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PLAIN_GIT } from './fast-import.ts';
import type { GitWorld } from './git.ts';

export interface WrittenCommit {
  readonly subject: string;
  readonly footers?: readonly string[];
  readonly author?: string;
  /** Days since 2024-01-01. */
  readonly day: number;
}

const START = 1_704_067_200;

/** Adds commits to a branch, which starts at `from` where it is new. @returns the id of the last */
export async function writeHistory(
  world: GitWorld,
  where: { readonly repo: string; readonly branch: string; readonly from?: string },
  commits: readonly WrittenCommit[],
): Promise<string> {
  const remote = join(world.root, 'remotes/mediawiki', `${where.repo}.git`);
  const start = where.from ?? `refs/heads/${where.branch}^0`;
  const stream = commits.map(({ subject, footers = [], author = 'A Developer', day }, at) => {
    const who = `${author} <someone@world.example> ${START + day * 86_400} +0000`;
    const message = footers.length === 0 ? subject : `${subject}\n\nWhy.\n\n${footers.join('\n')}\n`;
    const text = `data ${Buffer.byteLength(message)}\n${message}\n`;
    const parent = at === 0 ? `from ${start}\n` : '';
    const file = `M 100644 inline log-${where.branch.replaceAll('/', '-')}\ndata ${subject.length}\n${subject.replaceAll(/[^ -~]/g, '?')}\n`;
    return `commit refs/heads/${where.branch}\nauthor ${who}\ncommitter ${who}\n${text}${parent}${file}\n`;
  });
  const importer = spawn('git', ['-C', remote, 'fast-import', '--quiet', '--force'], {
    env: { ...process.env, ...PLAIN_GIT },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  importer.stdin.end(stream.join(''));
  const [code] = (await once(importer, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import in ${remote} ended with ${code}`);
  return world.git(remote, 'rev-parse', `refs/heads/${where.branch}`);
}
