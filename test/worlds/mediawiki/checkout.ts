/** A developer's checkout of one of the world's repos: its remote has the canonical url, which git maps to the world. */
import { pathToFileURL } from 'node:url';
import { runCommand } from '../command.ts';
import { PLAIN_GIT } from '../fast-import.ts';

/** Where the world's repos would live, were they public: what extension sets and lockfiles say. */
const WORLD_URL = 'https://world.mwpipe.example/r/';

export interface CheckoutRequest {
  /** `extensions/Cite`, `core`. */
  readonly component: string;
  /** `master`, `wmf/1.43.0-wmf.1`. */
  readonly branch: string;
  /** Folder that is made. */
  readonly into: string;
}

/** Plain git works in it (`git fetch`, `git commit`): the mapping is in its own config, as is an author. */
export async function worldCheckout(
  world: { readonly remotes: string },
  { component, branch, into }: CheckoutRequest,
): Promise<void> {
  const settings = [
    `url.${pathToFileURL(`${world.remotes}/`).href}.insteadOf=${WORLD_URL}`,
    'user.name=A Developer',
    'user.email=developer@world.mwpipe.example',
  ].flatMap((setting) => ['-c', setting]);
  const url = `${WORLD_URL}mediawiki/${component}`;
  const cloned = await runCommand(['git', 'clone', '-q', ...settings, '-b', branch, url, into], { env: PLAIN_GIT });
  if (cloned.code !== 0) throw new Error(`git clone ${url}: ${cloned.stderr}`);
}
