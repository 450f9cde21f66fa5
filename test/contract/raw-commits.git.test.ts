// needs: git
/** A checkout beside the workspace, read at a commit of its own repo, on real git. */
import { describe, expect, it } from 'vitest';
import { namedSides } from '../../src/composition/config-diff.ts';
import { runCommand } from '../worlds/command.ts';
import { checkoutWorld, type CheckoutWorld } from '../worlds/checkout/index.ts';
import { testContext } from '../worlds/context.ts';
import { PLAIN_GIT } from '../worlds/fast-import.ts';
import { mistakesOf, valueOf } from '../worlds/overlays.ts';
import type { Bundle } from '../../src/config/index.ts';

const SETTINGS = 'wmf-config/InitialiseSettings.php';
const META = "'metawiki' => 'Meta',";
const nameIn = ({ files }: Pick<Bundle, 'files'>): string | undefined =>
  /'metawiki' => '(M\w+)'/.exec(Buffer.from(files.get(`overlays/farm/${SETTINGS}`) ?? []).toString())?.[1];

/** Three states: the first commit, the second (`v2`, master), and the work tree. */
async function history(): Promise<CheckoutWorld & { readonly first: string; readonly second: string }> {
  const world = await checkoutWorld('1.43.0-wmf.1');
  const first = await world.git('rev-parse', 'HEAD');
  await world.edit(SETTINGS, META, "'metawiki' => 'Metatwo',");
  const second = await world.commit();
  await world.git('tag', 'v2');
  await world.edit(SETTINGS, 'Metatwo', 'Metathree');
  return { ...world, first, second };
}

describe('`ref` of an overlay that is a checkout', () => {
  it('reads a branch, a tag, digits of a commit; without it the work tree', async () => {
    await using world = await history();
    const at = async (fields: string) => {
      await world.overlay(fields);
      const bundle = valueOf(await world.compose());
      return [nameIn(bundle), bundle.raw?.commit];
    };
    expect(await at('')).toEqual(['Metathree', undefined]);
    expect(await at('ref: master\n')).toEqual(['Metatwo', world.second]);
    expect(await at('ref: v2\n')).toEqual(['Metatwo', world.second]);
    expect(await at(`ref: ${world.first.slice(0, 10)}\n`)).toEqual(['Meta', world.first]);
    expect(await at('ref: HEAD~1\n')).toEqual(['Meta', world.first]);
  });

  it('gives the same bundle as a work tree of that commit', async () => {
    await using world = await history();
    await world.overlay('ref: v2\n');
    const ofCommit = valueOf(await world.compose());
    await world.git('checkout', '-q', '--', '.');
    await world.overlay('');
    expect(valueOf(await world.compose()).hash).toBe(ofCommit.hash);
    expect(ofCommit.sources.get(`overlays/farm/${SETTINGS}`)).toBe(`${world.second.slice(0, 12)}:${SETTINGS}`);
    expect(ofCommit.raw?.places.find('wgSitename', 'metawiki')?.at().file).toBe(
      `${world.second.slice(0, 12)}:${SETTINGS}`,
    );
  });

  it('leaves submodules out, as a work tree has them that nobody asked for', async () => {
    await using world = await history();
    const gitlink = `160000,${world.first},lib/profiler`;
    await world.git('update-index', '--add', '--cacheinfo', gitlink);
    await world.git('commit', '-q', '-m', 'A submodule');
    await world.overlay('ref: head\n');
    const bundle = valueOf(await world.compose());
    expect([nameIn(bundle), bundle.files.has('overlays/farm/lib/profiler')]).toEqual(['Metatwo', false]);
  });

  it('is pointed at where there is no such commit, and where the commit lacks a file', async () => {
    await using world = await history();
    await world.overlay('ref: nosuch\n');
    expect(mistakesOf(await world.compose())).toEqual(['git/no-such-commit farm/mwpipe.overlay.yaml:6:6']);
    await world.git('rm', '-q', 'wikiversions.json');
    const broken = await world.commit();
    await world.overlay(`ref: ${broken}\n`);
    const outcome = await world.compose();
    expect(mistakesOf(outcome)).toEqual(['config/raw-no-file farm/mwpipe.overlay.yaml:3:9']);
    expect(outcome).toMatchObject({
      diagnostics: [{ message: `there is no ${broken.slice(0, 12)}:wikiversions.json` }],
    });
    await world.overlay('ref: --all\n');
    expect(mistakesOf(await world.compose())).toHaveLength(1);
  });
});

describe('a diff of an overlay that is a checkout', () => {
  const named = async (world: CheckoutWorld, before: string, after: string) => {
    const parts = { root: world.root, cache: world.cache, overlays: [{ name: 'farm' }], ports: undefined };
    return namedSides({ before, after, image: 'some' }, parts, { ...testContext(), emit: () => undefined });
  };
  const names = async (world: CheckoutWorld, before: string, after: string) => {
    const sides = valueOf(await named(world, before, after));
    return [sides.images[0]?.before, sides.after].map((side) => [
      side?.label,
      side?.bundle === undefined ? undefined : nameIn(side.bundle),
    ]);
  };

  it('names commits of its own repo', async () => {
    await using world = await history();
    const [first, second] = [world.first.slice(0, 12), world.second.slice(0, 12)];
    expect(await names(world, 'head~1', 'v2')).toEqual([
      [`${first} (head~1)`, 'Meta'],
      [`${second} (v2)`, 'Metatwo'],
    ]);
    expect(await names(world, first, 'work')).toEqual([
      [first, 'Meta'],
      ['the work tree', 'Metathree'],
    ]);
    expect(mistakesOf(await named(world, 'nosuch', 'work'))).toEqual(['config/no-such-side']);
  });

  it('names commits of the workspace first, where those say which commit of the checkout is meant', async () => {
    await using world = await history();
    const git = async (...args: readonly string[]) => {
      const author = ['-c', 'user.name=World', '-c', 'user.email=world@world.example'];
      const done = await runCommand(['git', '-C', world.root, ...author, ...args], { env: PLAIN_GIT });
      if (done.code !== 0) throw new Error(done.stderr);
      return done.stdout.trim();
    };
    await git('init', '-q', '-b', 'main');
    for (const commit of [world.first, world.second]) {
      await world.overlay(`ref: ${commit}\n`);
      await git('add', '-A');
      await git('commit', '-q', '-m', `At ${commit}`);
    }
    expect((await names(world, 'head~1', 'head')).map(([, name]) => name)).toEqual(['Meta', 'Metatwo']);
    expect((await names(world, world.first, 'head')).map(([, name]) => name)).toEqual(['Meta', 'Metatwo']);
  });
});
