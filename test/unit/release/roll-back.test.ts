/** Rolling back undoes one act: code goes back, config stays, as far as it passes there. */
import { describe, expect, it } from 'vitest';
import { bundleOf } from '../../contract/config-host.contract.ts';
import { makeBundle } from '../../../src/config/bundle/bundle.ts';
import { configStatus, rollbackConfig } from '../../../src/config/index.ts';
import { planRollout, shiftTraffic } from '../../../src/rollout/index.ts';
import { judge } from '../../../src/judge/index.ts';
import { first, push, second, third } from '../../worlds/config-push.ts';
import { mistakesOf, valueOf } from '../../worlds/overlays.ts';
import { OLD, twoReleases } from '../../worlds/two-releases.ts';

const both = { first, second: first };

describe('a code rollback', () => {
  it('keeps the config that was pushed since, and evaluates nothing: it passed there when it was pushed', async () => {
    const world = await twoReleases(both);
    valueOf(await push(world, second));
    world.runner.asked.length = 0;
    const back = valueOf(await world.back());
    expect(back).toMatchObject({ to: { slot: 'blue' }, config: { bundle: second.hash, choice: 'kept', refused: [] } });
    expect(await world.now()).toEqual({ users: 'blue', blue: second.hash, green: second.hash });
    expect(world.runner.asked).toEqual([]);
    expect((await world.state()).releases[1]).toMatchObject({ number: 2, state: 'bad' });
  });

  it('takes along what came with the code that it leaves, once it was seen to pass', async () => {
    const world = await twoReleases({ first, second });
    expect(valueOf(await world.back()).config).toMatchObject({ bundle: second.hash, choice: 'kept' });
    expect(world.runner.asked.map(({ image }) => image)).toEqual([OLD]);
    expect(await world.now()).toEqual({ users: 'blue', blue: second.hash, green: second.hash });
  });

  it('takes the newest that passes where what is live does not, and says why not', async () => {
    const world = await twoReleases({ first, second: third }, [`${OLD} ${third.hash}`]);
    const back = valueOf(await world.back());
    expect(back.config).toMatchObject({ bundle: first.hash, choice: 'older', refused: [{ bundle: third.hash }] });
    expect(await world.now()).toMatchObject({ users: 'blue', blue: first.hash });
    expect(world.events).toContainEqual(
      expect.objectContaining({ code: 'release/config-refused', bundle: third.hash }),
    );
    expect(await configStatus(world.ports, world.context)).toMatchObject({
      value: { rolledBack: [{ bundle: first.hash, previous: third.hash }] },
    });
  });

  it('takes it along where its slot has another one, and evaluates nothing that has passed', async () => {
    const world = await twoReleases({ first, second: third });
    valueOf(await push(world, second));
    await world.ports.host.point({ slot: 'blue', bundle: first.hash }, world.context);
    world.runner.asked.length = 0;
    expect(valueOf(await world.back()).config).toMatchObject({ bundle: second.hash, choice: 'kept' });
    expect([world.runner.asked, (await world.now()).blue]).toEqual([[], second.hash]);
  });

  it('stops before the traffic moves where none passes, and names bundles and commits', async () => {
    const world = await twoReleases({ first, second: third }, [`${OLD} ${third.hash}`]);
    const undone = { at: '2026-11-23T01:00:00.000Z', run: 'r', phase: 'done', act: 'config/rollback' } as const;
    await world.ports.home.append({ ...undone, data: { bundle: third.hash, previous: first.hash } });
    const source = { commit: 'c0ffee00'.repeat(5) };
    await world.ports.home.append({ ...undone, act: 'config/push', data: { bundle: third.hash, source } });
    const refused = await world.back();
    expect(mistakesOf(refused)[0]).toBe('release/no-config-passes');
    expect(refused.ok ? '' : refused.diagnostics[0].message).toContain(
      `${third.hash.slice(0, 12)} (commit c0ffee00c0ff)`,
    );
    expect(refused.ok ? '' : refused.diagnostics[0].hint).toContain('mwpipe rollback --pair');
    expect(await world.now()).toEqual({ users: 'green', blue: first.hash, green: third.hash });
    expect((await world.state()).live).toBe('green');
  });

  it('goes back to the pair where it is asked to', async () => {
    const world = await twoReleases(both);
    valueOf(await push(world, second));
    const back = valueOf(await world.back({ pair: true }));
    expect(back.config).toMatchObject({ bundle: first.hash, previous: second.hash, choice: 'pair' });
    expect(await world.now()).toEqual({ users: 'blue', blue: first.hash, green: second.hash });
    expect(mistakesOf(await push(world, second))).toEqual(['config/rolled-back']);
  });

  it('still has the pair after more pushes than the disk keeps', async () => {
    const world = await twoReleases(both);
    for (let number = 0; number < 25; number += 1) {
      world.context.time += 130_000;
      valueOf(await push(world, bundleOf(`push ${String(number)}`)));
    }
    expect(world.place.staged.size).toBeLessThan(25);
    expect(valueOf(await world.back({ pair: true })).config).toMatchObject({ bundle: first.hash, choice: 'pair' });
  });

  it('does nothing when it is only asked for the plan', async () => {
    const world = await twoReleases({ first, second });
    const { journal } = world.storage;
    expect(valueOf(await world.back({ dryRun: true }))).toMatchObject({ state: 'planned', config: { choice: 'kept' } });
    expect(await world.now()).toEqual({ users: 'green', blue: first.hash, green: second.hash });
    expect([world.storage.journal, world.place.moves]).toEqual([journal, []]);
  });

  it('does not take a config whose wikis want the version that is left', async () => {
    const wanting = bundleOf('wanting');
    const farm = new Map([
      ...wanting.files,
      ['farm.php', Buffer.from("<?php return [\n\t\t\t'version' => '1.44.0',\n];")],
    ]);
    const pinned = makeBundle({ ...wanting, files: farm });
    const world = await twoReleases({ first, second: pinned });
    expect(valueOf(await world.back()).config).toMatchObject({
      bundle: first.hash,
      refused: [{ because: { code: 'config/no-such-version' } }],
    });
  });

  it('does not go back a second time, to what it has just left', async () => {
    const world = await twoReleases(both);
    valueOf(await world.back());
    expect(mistakesOf(await world.back())).toEqual(['release/nothing-to-go-back-to']);
  });

  it('leaves everything as it is where an instance there does not take the config', async () => {
    const world = await twoReleases({ first, second });
    world.place.instances[0]!.stuckAt = first.hash;
    expect(mistakesOf(await world.back())).toEqual(['config/not-confirmed']);
    expect(await world.now()).toEqual({ users: 'green', blue: first.hash, green: second.hash });
  });
});

describe('a config rollback', () => {
  it('keeps the code, and knows what a deploy brought', async () => {
    const world = await twoReleases({ first, second });
    valueOf(await push(world, third));
    const undone = valueOf(await rollbackConfig({}, world.ports, world.context));
    expect(undone.bundle).toBe(second.hash);
    expect(await world.now()).toEqual({ users: 'green', blue: second.hash, green: second.hash });
  });
});

describe('a rollout that was left in the middle', () => {
  it('goes back to what users have there; as a pair, to what that release was made with', async () => {
    for (const pair of [false, true]) {
      const world = await twoReleases(both);
      await world.ports.home.writeState({ ...(await world.state()), live: 'blue' });
      await world.router.setShares({ blue: 1 }, world.context);
      const policy = { steps: [25], observe: { least: 5, most: 60 }, worse: 0.01, requests: 20 };
      const plan = planRollout({ release: 2, to: 'green', from: { slot: 'blue', release: 1 }, policy });
      const stop = {
        ...world.context,
        clock: { ...world.context.clock, sleep: () => Promise.reject(new Error('killed')) },
      };
      await expect(shiftTraffic({ plan }, { ...world.tools, judge }, stop)).rejects.toThrow('killed');
      valueOf(await push(world, second));
      expect(valueOf(await world.back({ pair })).config.choice).toBe(pair ? 'pair' : 'kept');
      expect(await world.now()).toMatchObject({ users: 'blue', blue: pair ? first.hash : second.hash });
    }
  });
});
