/** Why a wiki has a value: every entry that took part, with where it was typed. */
import { expect, it } from 'vitest';
import { explainSetting, readSetting } from '../../../../src/config/index.ts';
import { overlayWorld, valueOf } from '../../../worlds/overlays.ts';

const FILES = {
  'base/settings.yaml':
    'wgA:\n  default: { a: 1 }\n  +closed: { b: 2 }\n  +dewiki: { c: 3 }\nwgB: { default: x, wikipedia: y, dewiki: null }\nwgT: { default: { $secret: token } }\n+wgE: { default: [svg] }\n',
  'site/settings.yaml': 'wgA: { default: { a: 9 } }\n',
  'site/wikis.yaml':
    'wikis:\n  dewiki: { hosts: [de], tags: [wikipedia, closed] }\n  enwiki: { hosts: [en], tags: [wikipedia] }\n  news: { hosts: [n] }\n',
};

async function explained(setting: string, wiki: string) {
  await using world = await overlayWorld(FILES);
  const answer = explainSetting(valueOf(await world.compose('base', 'site')), { setting, wiki });
  if (!answer.ok) return answer.diagnostics[0];
  const { chain, ...rest } = answer.value;
  return {
    ...rest,
    chain: chain.map(({ key, part, at }) => `${part} ${key} ${at.file.split('/').at(-2) ?? ''}:${String(at.line)}`),
  };
}

async function overview(setting: string) {
  await using world = await overlayWorld(FILES);
  const overlays = [{ name: 'base' }, { name: 'site' }];
  return valueOf(await readSetting({ root: world.root, overlays }, { setting }));
}

it('names what was merged, and what an earlier overlay said', async () => {
  expect(await explained('wgA', 'dewiki')).toEqual({
    setting: 'wgA',
    wiki: 'dewiki',
    value: { c: 3, b: 2, a: 9 },
    added: false,
    chain: ['merged +dewiki base:4', 'merged +closed base:3', 'taken default site:1', 'replaced default base:2'],
  });
});

it('names what was beaten, where the wiki has null: MediaWiki’s own value', async () => {
  expect(await explained('wgB', 'dewiki')).toMatchObject({
    value: undefined,
    chain: ['taken dewiki base:5', 'beaten wikipedia base:5', 'beaten default base:5'],
  });
});

it('says what is added to MediaWiki’s own value', async () => {
  expect(await explained('wgE', 'news')).toMatchObject({ value: ['svg'], added: true });
});

it('shows the name of a secret', async () => {
  expect(await explained('wgT', 'news')).toMatchObject({ value: '$secret:token' });
});

it('guesses what was meant', async () => {
  expect(await explained('wgAa', 'news')).toMatchObject({ code: 'config/unknown-setting', hint: 'did you mean wgA?' });
  expect(await explained('wgA', 'dewki')).toMatchObject({ code: 'config/unknown-wiki', hint: 'did you mean dewiki?' });
});

it('counts who has which value', async () => {
  expect(await overview('wgB')).toMatchObject({
    values: [
      { value: undefined, wikis: ['dewiki'] },
      { value: 'y', wikis: ['enwiki'] },
      { value: 'x', wikis: ['news'] },
    ],
  });
});
