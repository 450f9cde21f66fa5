/** A wiki that is added whole, or not at all: its lines, its tables, its push, and what the journal says of it. */
import { expect, it } from 'vitest';
import { configHistory, configStatus } from '../../../src/config/index.ts';
import { ok } from '../../../src/kernel/outcome.ts';
import { first, push, rollback } from '../../worlds/config-push.ts';
import { fakeHome } from '../../worlds/fakes/home.ts';
import { mistakesOf, valueOf } from '../../worlds/overlays.ts';
import { after, before, wikiAddWorld, type WikiAddWorld } from '../../worlds/wiki-add.ts';

const happened = ({ events }: WikiAddWorld) =>
  events.map(({ code }) => code).filter((code) => code.startsWith('wiki/'));
const acts = async ({ here }: WikiAddWorld) =>
  valueOf(await here.ports.home.journal()).map(({ act, phase }) => `${act} ${phase}`);

it('writes its lines, makes its tables once and pushes, under one lease; the journal says who', async () => {
  await using world = await wikiAddWorld();
  world.during = async () => {
    expect(world.here.storage.holder?.reason).toBe('wiki add dewikinews');
    return Promise.resolve(0);
  };
  expect(valueOf(await world.add())).toMatchObject({ state: 'added', url: 'http://de.news.example:8080/' });
  expect(await world.texts()).toEqual(after);
  expect(world.work).toEqual(['install.php dewikinews', 'update.php dewikinews']);
  expect(happened(world)).toEqual(['wiki/planned', 'wiki/written', 'wiki/making', 'wiki/made']);
  expect(await acts(world)).toEqual(['wiki/add intent', 'config/push intent', 'config/push done', 'wiki/add done']);
  const history = valueOf(await configHistory(world.here.ports));
  expect(history[0]).toMatchObject({ act: 'wiki/add', wiki: 'dewikinews', who: 'Ada', phase: 'done' });
});

it.each([
  ['somebody else is at it', 'lock/held', false],
  ['the image refuses what it makes', 'config/php-syntax', true],
])('touches no file where %s', async (_why, code, refused) => {
  await using world = await wikiAddWorld(refused);
  if (!refused) await fakeHome(world.here.storage, { who: 'Bo' }).acquire('a rollout', world.here.context);
  expect(mistakesOf(await world.add())).toEqual([code]);
  expect([happened(world), await world.texts(), await acts(world)]).toEqual([['wiki/planned'], before, []]);
});

it('puts the files back where its tables can not be made', async () => {
  await using world = await wikiAddWorld();
  world.during = ({ name }) => Promise.resolve(name.startsWith('update') ? 1 : 0);
  expect(mistakesOf(await world.add())).toEqual(['deploy/maintenance-failed']);
  expect(await world.texts()).toEqual(before);
  expect(happened(world).at(-1)).toBe('wiki/put-back');
  expect(await acts(world)).toEqual(['wiki/add intent', 'wiki/add failed']);
});

it('puts them back where an instance does not take the bundle', async () => {
  await using world = await wikiAddWorld();
  world.here.place.pointers.set('blue', 'old');
  world.here.place.staged.add('old');
  world.here.place.instances[0]!.stuckAt = 'old';
  expect(mistakesOf(await world.add())).toEqual(['config/not-confirmed']);
  expect(await world.texts()).toEqual(before);
});

it('lets the installer end when it is interrupted, then stops and puts the files back', async () => {
  await using world = await wikiAddWorld();
  const interrupt = new AbortController();
  world.during = (_work, { signal }) => {
    interrupt.abort(new Error('interrupted'));
    expect(signal.aborted).toBe(false);
    return Promise.resolve(0);
  };
  await expect(world.add({}, interrupt.signal)).rejects.toThrow('interrupted');
  expect([world.work, await world.texts()]).toEqual([['install.php dewikinews'], before]);
  expect(await acts(world)).toEqual(['wiki/add intent', 'wiki/add failed']);
});

it('leaves what somebody changed meanwhile, and names it', async () => {
  await using world = await wikiAddWorld();
  const mine = `${after[0] ?? ''}  frwiki: { hosts: [fr.example] }\n`;
  world.during = async () => {
    await world.overlays.write('base/wikis.yaml', mine);
    return 1;
  };
  await world.add();
  expect(await world.texts()).toEqual([mine, before[1]]);
  const file = world.overlays.file('base/wikis.yaml');
  expect(world.events).toContainEqual({ code: 'wiki/left', files: [file], because: 'changed-since' });
});

it('writes nothing where a file was changed since the plan', async () => {
  await using world = await wikiAddWorld();
  world.source = async () => {
    await world.overlays.write('base/dblists/small.dblist', '# new\nenwikinews\n');
    return ok(undefined);
  };
  expect(mistakesOf(await world.add())).toEqual(['wiki/file-changed']);
  expect(await world.texts()).toEqual([before[0], '# new\nenwikinews\n']);
});

it('keeps the files where the wiki is live and answers as another', async () => {
  await using world = await wikiAddWorld();
  world.wikiId = 'enwikinews';
  expect(mistakesOf(await world.add())).toEqual(['wiki/not-itself']);
  expect(await world.texts()).toEqual(after);
  expect(world.events.at(-1)).toMatchObject({ code: 'wiki/left', because: 'served' });
});

it('writes the lines and no more where the target wants them committed, and goes on when they are', async () => {
  await using world = await wikiAddWorld();
  const policy = { canaries: 3, soak: 0, worse: 0.01, lost: 0, demand: 'committed', branch: 'main' } as const;
  expect(valueOf(await world.add({ policy })).state).toBe('written');
  expect([await world.texts(), world.work, world.here.place.moves]).toEqual([after, [], []]);
  const commit = { commit: 'c0ffee', changed: [] };
  world.source = () => Promise.resolve(ok({ ...commit, clean: false }));
  expect(mistakesOf(await world.add({ policy }))).toEqual(['config/not-committed']);
  world.source = () => Promise.resolve(ok({ ...commit, clean: true }));
  expect(valueOf(await world.add({ policy })).state).toBe('added');
  const journal = valueOf(await world.here.ports.home.journal());
  expect(journal.map(({ data }) => data?.['source'])).toEqual(Array(4).fill({ ...commit, clean: true }));
});

it('says in the journal that the lines were in no commit', async () => {
  await using world = await wikiAddWorld();
  world.source = () => Promise.resolve(ok({ commit: 'c0ffee', changed: [], clean: true }));
  valueOf(await world.add());
  const [first] = valueOf(await world.here.ports.home.journal());
  const changed = ['wikis.yaml', 'dblists/small.dblist'].map((name) => world.overlays.file(`base/${name}`));
  expect(first?.data?.['source']).toEqual({ commit: 'c0ffee', changed, clean: false });
});

it('finishes the files that a killed run had begun', async () => {
  await using world = await wikiAddWorld();
  await world.overlays.write('base/wikis.yaml', after[0] ?? '');
  expect(valueOf(await world.add()).plan.edits.map(({ because }) => because)).toEqual(['it has enwikinews']);
  expect(await world.texts()).toEqual(after);
});

it('is not done again by accident when it was rolled back', async () => {
  await using world = await wikiAddWorld();
  valueOf(await push(world.here, first));
  valueOf(await world.add());
  valueOf(await rollback(world.here));
  expect(mistakesOf(await world.add())).toEqual(['config/rolled-back']);
  expect(valueOf(await world.add({ override: 'it was the other one' })).state).toBe('added');
});

it('is shown as unfinished when it was killed, until it has ended', async () => {
  await using world = await wikiAddWorld();
  const data = { wiki: 'dewikinews', bundle: 'b', who: 'Bo' };
  const killed = { at: '2026-11-23T00:00:00Z', run: 'r', phase: 'intent', act: 'wiki/add', data } as const;
  await world.here.ports.home.append(killed);
  const status = async () => valueOf(await configStatus(world.here.ports, world.here.context)).unfinished;
  expect(await status()).toMatchObject({ wiki: 'dewikinews', who: 'Bo' });
  valueOf(await world.add());
  expect(await status()).toBeUndefined();
});
