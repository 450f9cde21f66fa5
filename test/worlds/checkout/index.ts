/** A git repo in the layout of operations/mediawiki-config, and beside it a workspace whose overlay reads it as it is. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkoutSourceOf } from '../../../src/composition/config-git.ts';
import { composeBundle, type Bundle } from '../../../src/config/index.ts';
import type { Outcome } from '../../../src/kernel/outcome.ts';
import { runCommand } from '../command.ts';
import { testContext } from '../context.ts';
import { PLAIN_GIT } from '../fast-import.ts';
import { checkoutFiles } from './files.ts';

export interface CheckoutWorld extends AsyncDisposable {
  /** The workspace: a target `farm` whose overlay `farm` reads the checkout. */
  readonly root: string;
  readonly checkout: string;
  readonly cache: string;
  /** What mwpipe.overlay.yaml says beside its layout. */
  overlay(fields: string): Promise<void>;
  /** Replaces text of a file of the checkout. */
  edit(path: string, before: string, after: string): Promise<void>;
  /** @returns the id */
  commit(): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
  compose(): Promise<Outcome<Bundle>>;
}

const STUB = `<?php
// Stands for the private repo: no value here is one of theirs.
$wmgContactAddress = 'nobody@stub.example';
`;
const WORKSPACE = 'version: 1\ntargets:\n  farm: { kind: docker, set: demo, overlays: [farm] }\n';

/** @param version MW_VERSION of the image; the first commit is made */
export async function checkoutWorld(version: string): Promise<CheckoutWorld> {
  const place = await mkdtemp(join(tmpdir(), 'mwpipe-checkout-'));
  const [root, checkout, cache] = [join(place, 'workspace'), join(place, 'mediawiki-config'), join(place, 'cache')];
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const folder = join(root, 'config-overlays/farm');
  await write(join(root, 'mwpipe.yaml'), WORKSPACE);
  await write(join(folder, 'stubs/PrivateSettings.php'), STUB);
  for (const [path, text] of checkoutFiles(version)) await write(join(checkout, path), text);
  const git = async (...args: readonly string[]): Promise<string> => {
    const author = ['-c', 'user.name=World', '-c', 'user.email=world@world.example'];
    const done = await runCommand(['git', '-C', checkout, ...author, ...args], { env: PLAIN_GIT });
    if (done.code !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.trim();
  };
  await git('init', '-q', '-b', 'master');
  const world: CheckoutWorld = {
    root,
    checkout,
    cache,
    git,
    overlay: (fields) =>
      write(
        join(folder, 'mwpipe.overlay.yaml'),
        `description: The settings of a farm\nowner: tests\nlayout: mediawiki-config\nfrom: ../../../mediawiki-config\nprivate: stubs/PrivateSettings.php\n${fields}`,
      ),
    edit: async (path, before, after) => {
      const text = await readFile(join(checkout, path), 'utf8');
      if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
      await write(join(checkout, path), text.replace(before, after));
    },
    commit: async () => {
      await git('add', '-A');
      await git('commit', '-q', '-m', 'Change');
      return git('rev-parse', 'HEAD');
    },
    compose: () => composeBundle(root, ['farm'], { source: checkoutSourceOf({ cache }, testContext()) }),
    [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }),
  };
  await world.overlay('');
  await world.commit();
  return world;
}
