/** What a target lacks is found by name before anything moves, and told where it was typed. */
import { expect, it } from 'vitest';
import { checkSecrets, pushConfig } from '../../../../src/config/index.ts';
import { here } from '../../../worlds/config-push.ts';
import { testContext } from '../../../worlds/context.ts';
import { configPlace, fakeConfigHost } from '../../../worlds/fakes/config-host.ts';
import { mistakesOf, overlayWorld, valueOf } from '../../../worlds/overlays.ts';

const WIKIS = 'wikis:\n  dewiki: { hosts: [de.x.test], tags: [big] }\n  enwiki: { hosts: [en.x.test], tags: [big] }\n';

async function checked(
  settings: string,
  { wikis = '', has = [] as readonly string[], problem = null as string | null } = {},
) {
  await using world = await overlayWorld({
    'demo/settings.yaml': settings,
    ...(wikis === '' ? {} : { 'demo/wikis.yaml': wikis }),
  });
  const place = configPlace({ slot: 'blue' });
  for (const name of has) place.secrets.set(name, { value: 'kept', problem });
  return await checkSecrets(valueOf(await world.compose('demo')), fakeConfigHost(place), testContext());
}

it('finds each that is not there, wherever in a value it is, and points at it', async () => {
  const settings = `wgFooToken: { default: { $secret: foo-token } }
wgBar:
  default: { a: [1, { $secret: bar-key }], b: { $secret: known } }
`;
  const outcome = await checked(settings, { has: ['known'] });
  expect(mistakesOf(outcome)).toEqual([
    'config/no-such-secret demo/settings.yaml:3:12',
    'config/no-such-secret demo/settings.yaml:1:24',
  ]);
  expect(outcome).toMatchObject({
    diagnostics: [{ exit: 'failed' }, { message: expect.stringContaining('"foo-token"') as string }],
  });
});

it('leaves alone what the wiki can do without, and what is there', async () => {
  const settings = 'wgA: { default: { $secret: a } }\nwgB: { default: { $secret: b, required: false } }\n';
  expect(await checked(settings, { has: ['a'] })).toEqual({ ok: true });
});

it('asks nobody where no setting has one', async () => {
  await using world = await overlayWorld({ 'demo/settings.yaml': 'wgSitename: { default: X }\n' });
  const host = { secrets: () => Promise.reject(new Error('asked')) };
  expect(await checkSecrets(valueOf(await world.compose('demo')), host, testContext())).toEqual({ ok: true });
});

it('says why one that is there is of no use', async () => {
  const outcome = await checked('wgA: { default: { $secret: a } }\n', {
    has: ['a'],
    problem: 'may be read by everybody',
  });
  expect(outcome).toMatchObject({ diagnostics: [{ message: 'the target’s secret "a" may be read by everybody' }] });
});

it('needs none that no wiki of the farm would read', async () => {
  const settings = `wgA: { default: { $secret: nobodys }, big: 1 }
wgB: { default: 1, enwiki: { $secret: english } }
`;
  expect(mistakesOf(await checked(settings, { wikis: WIKIS }))).toEqual([
    'config/no-such-secret demo/settings.yaml:2:28',
  ]);
});

it('does not stand in the way where nobody can say', async () => {
  await using world = await overlayWorld({ 'demo/settings.yaml': 'wgA: { default: { $secret: a } }\n' });
  const host = { secrets: () => Promise.resolve({ ok: true, value: undefined } as const) };
  expect(await checkSecrets(valueOf(await world.compose('demo')), host, testContext())).toEqual({ ok: true });
});

it('stops a push before an image is asked, and lets it go once the secret is there', async () => {
  await using overlays = await overlayWorld({ 'demo/settings.yaml': 'wgA: { default: { $secret: a } }\n' });
  const bundle = valueOf(await overlays.compose('demo'));
  const world = here(configPlace({ slot: 'blue' }));
  expect(mistakesOf(await pushConfig({ bundle }, world.ports, world.context))).toEqual([
    'config/no-such-secret demo/settings.yaml:1:17',
  ]);
  expect([world.place.staged.size, world.place.moves.length, world.runner.asked.length]).toEqual([0, 0, 0]);
  world.place.secrets.set('a', { value: 'kept', problem: null });
  expect(valueOf(await pushConfig({ bundle }, world.ports, world.context)).state).toBe('live');
});
