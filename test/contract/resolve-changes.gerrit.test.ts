/** Changes under review on top of a set, on a small real Gerrit with real git: which are applied, in which order, and why not. */
import { expect, it } from 'vitest';
import { reviewedSet } from '../worlds/reviewed-set.ts';

const lines = (changed: Readonly<Record<number, string>>): string =>
  Array.from({ length: 12 }, (_, at) => `${changed[at + 1] ?? `line ${at + 1}`}\n`).join('');

it('puts a change on top of its component, and writes down which', async () => {
  await using set = await reviewedSet();
  const change = await set.change('extensions/Echo', { files: { 'a.php': lines({ 3: 'three' }) } });
  await set.commit('extensions/Echo', { 'a.php': lines({ 9: 'nine' }) });
  const patched = await set.patched(change);
  expect(patched.applied).toEqual(['Echo 1001/1 (asked for)']);
  expect(patched.component('Echo').patch?.changes).toEqual([
    {
      change: 1001,
      patchset: 1,
      id: change.id,
      ref: 'refs/changes/01/1001/1',
      commit: change.commit,
      because: 'asked for',
    },
  ]);
  expect(await patched.file('Echo', 'a.php')).toBe(lines({ 3: 'three', 9: 'nine' }));
});

it('brings what a change is built on and depends on, recursively and across repos, in order', async () => {
  await using set = await reviewedSet();
  const core = await set.change('core', { files: { 'core.txt': '1' } });
  const below = await set.change('extensions/Echo', { files: { 'below.txt': '2' }, dependsOn: [core] });
  const above = await set.change('extensions/Echo', { files: { 'above.txt': '3' }, parent: below });
  const thanks = await set.change('extensions/Thanks', { files: { 'x.txt': '4' }, dependsOn: [above] });
  const patched = await set.patched(thanks);
  expect(patched.applied).toEqual([
    'core 1001/1 (1002 depends on it)',
    'Echo 1002/1 (1003 is built on it)',
    'Echo 1003/1 (1004 depends on it)',
    'Thanks 1004/1 (asked for)',
  ]);
  expect(await patched.file('Echo', 'below.txt')).toBe('2');
  expect(await patched.file('core', 'core.txt')).toBe('1');
});

it('takes a Depends-On by the address of the page, several in a line, and a comment behind', async () => {
  await using set = await reviewedSet();
  const one = await set.change('core');
  const two = await set.change('core');
  const page = `${set.gerrit}/c/mediawiki/core/+/${one.number}`;
  const asked = await set.change('extensions/Echo', { dependsOn: [`${page}, ${two.id} # the rest`] });
  expect((await set.patched(asked)).applied).toEqual([
    'core 1001/1 (1003 depends on it)',
    'core 1002/1 (1003 depends on it)',
    'Echo 1003/1 (asked for)',
  ]);
});

it('never asks a server that only a commit message names', async () => {
  await using set = await reviewedSet();
  const asked = await set.change('extensions/Echo', { dependsOn: ['http://127.0.0.1:1/r/c/mediawiki/core/+/1'] });
  const patched = await set.patched(asked);
  expect(patched.applied).toEqual(['Echo 1001/1 (asked for)']);
  expect(patched.notes).toEqual(['left-out 1/0 1001 depends on it']);
});

it('takes the patchset that was asked for, and tells of a newer one', async () => {
  await using set = await reviewedSet();
  const first = await set.change('extensions/Echo', { files: { 'x.txt': 'one' } });
  await set.amend(first, { files: { 'x.txt': 'two' } });
  const older = await set.patched('1001/1');
  expect(older.applied).toEqual(['Echo 1001/1 (asked for)']);
  expect(older.notes).toEqual(['newer-patchset 1001/1 patchset 2 is newer']);
  expect(await older.file('Echo', 'x.txt')).toBe('one');
  const newest = await set.patched(`${set.gerrit}/c/mediawiki/extensions/Echo/+/1001`);
  expect(await newest.file('Echo', 'x.txt')).toBe('two');
});

it('applies the patchset that a change is built on, though that has a newer one', async () => {
  await using set = await reviewedSet();
  const below = await set.change('extensions/Echo', { files: { 'x.txt': 'one' } });
  const above = await set.change('extensions/Echo', { files: { 'y.txt': 'y' }, parent: below });
  await set.amend(below, { files: { 'x.txt': 'two' } });
  const patched = await set.patched(above);
  expect(patched.applied).toEqual(['Echo 1001/1 (1002 is built on it)', 'Echo 1002/1 (asked for)']);
  expect(patched.notes).toEqual(['newer-patchset 1001/1 patchset 2 is newer']);
  expect((await set.patched(above, below)).applied).toEqual(['Echo 1001/2 (asked for)', 'Echo 1002/1 (asked for)']);
});

it('applies nothing of what is merged to the branch of the component, and says so', async () => {
  await using set = await reviewedSet();
  const core = await set.change('core', { status: 'MERGED' });
  const asked = await set.change('extensions/Echo', { dependsOn: [core] });
  const patched = await set.patched(asked);
  expect(patched.applied).toEqual(['Echo 1002/1 (asked for)']);
  expect(patched.notes).toEqual(['merged 1001/1 to master']);
  const itself = await set.patched(core);
  expect(itself.applied).toEqual([]);
  expect(itself.notes).toEqual(['merged 1001/1 to master']);
});

it('knows that a branch which was cut later has what was merged to master', async () => {
  await using set = await reviewedSet('[wmf/1.44.0-wmf.1, master]');
  const core = await set.change('core', { status: 'MERGED' });
  await set.commit('core', { 'cut.txt': '' }, { branch: 'wmf/1.44.0-wmf.1' });
  const asked = await set.change('extensions/Echo', { dependsOn: [core] });
  expect((await set.patched(asked)).notes).toContain('merged 1001/1 to master');
});

it('refuses a dependency that is merged to another branch only, and takes it when it is asked for too', async () => {
  await using set = await reviewedSet('[REL1_43, master]');
  await set.commit('core', { 'cut.txt': '' }, { branch: 'REL1_43' });
  const core = await set.change('core', { status: 'MERGED', files: { 'x.txt': 'x' } });
  const asked = await set.change('extensions/Echo', { dependsOn: [core] });
  const refused = await set.patched(asked);
  expect(refused.wrong).toEqual([
    'resolve/dependency-on-other-branch change 1001 of mediawiki/core is merged to master only (1002 depends on it); core is at REL1_43',
  ]);
  const both = await set.patched(asked, core);
  expect(both.applied).toEqual(['core 1001/1 (asked for)', 'Echo 1002/1 (asked for)']);
  expect(both.notes).toContain('other-branch 1001/1 from master to REL1_43');
  expect(await both.file('core', 'x.txt')).toBe('x');
});

it('takes the change of a Change-Id that is on the branch of the one that depends on it, else on the locked one', async () => {
  await using set = await reviewedSet('[REL1_43, master]');
  await set.commit('core', { 'cut.txt': '' }, { branch: 'REL1_43' });
  const onMaster = await set.change('core');
  await set.change('core', { branch: 'REL1_43', id: onMaster.id });
  const asked = await set.change('extensions/Echo', { dependsOn: [onMaster] });
  expect((await set.patched(asked)).applied).toContain('core 1001/1 (1003 depends on it)');
  set.setStatus(onMaster, 'MERGED');
  expect((await set.patched(asked)).applied).toContain('core 1002/1 (1003 depends on it)');
});

it('lists the branches of a Change-Id where none is meant', async () => {
  await using set = await reviewedSet();
  await set.commit('core', {}, { branch: 'REL1_42' });
  await set.commit('core', {}, { branch: 'REL1_43' });
  const one = await set.change('core', { branch: 'REL1_42' });
  await set.change('core', { branch: 'REL1_43', id: one.id });
  const asked = await set.change('extensions/Echo', { dependsOn: [one] });
  expect((await set.patched(asked)).wrong).toEqual([
    `resolve/ambiguous-dependency change 1003/1 on master depends on ${one.id}, which core has on other branches only: 1001 on REL1_42 (new), 1002 on REL1_43 (new); it is locked at master`,
  ]);
});

it('refuses what is abandoned, unless its patchset is named', async () => {
  await using set = await reviewedSet();
  const gone = await set.change('core', { status: 'ABANDONED' });
  const asked = await set.change('extensions/Echo', { dependsOn: [gone] });
  expect((await set.patched(asked)).wrong).toEqual([
    'resolve/abandoned-change change 1001 of mediawiki/core is abandoned (1002 depends on it)',
  ]);
  expect((await set.patched(gone)).wrong).toEqual([
    'resolve/abandoned-change change 1001 of mediawiki/core is abandoned',
  ]);
  const named = await set.patched('1001/1');
  expect(named.applied).toEqual(['core 1001/1 (asked for)']);
  expect(named.notes).toEqual(['abandoned 1001/1 taken, since its patchset was named']);
});

it('names a circle', async () => {
  await using set = await reviewedSet();
  const first = await set.change('core');
  const second = await set.change('extensions/Echo', { dependsOn: [first] });
  await set.amend(first, { dependsOn: [second] });
  expect((await set.patched(second)).wrong).toEqual([
    'resolve/dependency-circle 1001 depends on 1002 depends on 1001: a circle',
  ]);
});

it('leaves out a dependency that the set does not have, and refuses such a change itself', async () => {
  await using set = await reviewedSet();
  const strange = await set.change('extensions/Stranger');
  const asked = await set.change('extensions/Echo', { dependsOn: [strange] });
  const patched = await set.patched(asked);
  expect(patched.applied).toEqual(['Echo 1002/1 (asked for)']);
  expect(patched.notes).toEqual(['left-out 1001/1 1002 depends on it']);
  expect((await set.patched(strange)).wrong).toEqual([
    'resolve/unknown-component change 1001 is of "mediawiki/extensions/Stranger", which the set "demo" doesn\'t have',
  ]);
});

it('tells of a private change without its subject, and of one that is work in progress', async () => {
  await using set = await reviewedSet();
  const hidden = await set.change('core', { visibility: 'private', subject: 'Fix a hole' });
  const draft = await set.change('extensions/Echo', { visibility: 'work-in-progress' });
  const patched = await set.patched(hidden, draft);
  expect(patched.notes).toEqual([
    'private 1001/1 not everybody can fetch it',
    'work-in-progress 1002/1 not ready for review',
  ]);
  expect(JSON.stringify(patched.events)).not.toContain('hole');
});

it('asks few questions for a long chain', async () => {
  await using set = await reviewedSet();
  let above = await set.change('core');
  for (let at = 0; at < 5; at += 1) above = await set.change('core', { parent: above });
  const before = set.requests.length;
  expect((await set.patched(above)).applied).toHaveLength(6);
  const asked = set.requests.slice(before).filter((request) => request.includes('/changes/'));
  expect(asked.filter((request) => request.endsWith('/related'))).toHaveLength(1);
  expect(asked.length).toBeLessThanOrEqual(7);
});
