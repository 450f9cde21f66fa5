/** Types and names of settings, against what an image declares. */
import { expect, it } from 'vitest';
import { checkSettings } from '../../../../src/config/check/check-settings.ts';
import type { KnownSetting } from '../../../../src/config/check/check-answer.ts';
import { overlayWorld, valueOf } from '../../../worlds/overlays.ts';

const core = (types: readonly string[], general: string): KnownSetting => ({
  from: 'core',
  types: [...types],
  default: general,
});
const schema: Readonly<Record<string, KnownSetting>> = {
  wgSitename: core([], 'string'),
  wgLogos: core(['object', 'boolean'], 'false'),
  wgJobRunRate: core(['integer'], 'int'),
  wgRateLimits: core(['object'], 'array'),
  wgEnableEmail: core([], 'true'),
  wgAnything: core([], 'null'),
  wgPFEnableStringFunctions: { from: 'ParserFunctions', types: [], default: 'array' },
};

async function check(yaml: string, php = '') {
  await using world = await overlayWorld({ 'demo/settings.yaml': yaml, 'demo/CommonSettings.php': `<?php\n${php}` });
  const { wrong, unknown, known } = checkSettings(valueOf(await world.compose('demo')), schema);
  const place = (one: (typeof wrong)[number]) => `${String(one.at?.line)}:${String(one.at?.column)} ${one.message}`;
  return { wrong: wrong.map(place), unknown: unknown.map((one) => `${one.message}; ${String(one.hint)}`), known };
}

it('counts what is known with the right type', async () => {
  const yaml = 'wgSitename: { default: X, dewiki: Y }\nwgLogos: { default: { 1x: a } }\nwgJobRunRate: { default: 2 }\n';
  expect(await check(yaml)).toEqual({ wrong: [], unknown: [], known: 3 });
});

it.each([
  ['wgJobRunRate: { default: often }', '1:26 wgJobRunRate is a text ("often"); expected a whole number'],
  ['wgJobRunRate: { default: 1.5 }', '1:26 wgJobRunRate is a number (1.5); expected a whole number'],
  ['wgRateLimits: { default: true }', '1:26 wgRateLimits is true or false (true); expected a map'],
  ['wgLogos: { default: 7 }', '1:21 wgLogos is a whole number (7); expected a map or true or false'],
  ['wgSitename: { default: [ a ] }', '1:24 wgSitename is a list (["a"]); expected a text or a number'],
  [
    'wgPFEnableStringFunctions: { default: 3 }',
    '1:39 wgPFEnableStringFunctions is a whole number (3); expected a list or a map',
  ],
])('refuses %s, where it was typed', async (yaml, said) => {
  expect((await check(yaml)).wrong).toEqual([said]);
});

it.each([
  'wgSitename: { default: false }',
  'wgRateLimits: { default: [] }',
  'wgAnything: { default: { a: 1 } }',
  'wgEnableEmail: { default: false }',
])('takes %s', async (yaml) => {
  expect((await check(yaml)).wrong).toEqual([]);
});

it('guesses what an unknown name meant, and leaves names alone that the overlay reads itself', async () => {
  expect((await check('wgSiteName: { default: X }')).unknown).toEqual([
    'nothing declares wgSiteName; did you mean wgSitename?',
  ]);
  expect((await check('wgOurs: { default: X }', '$wgSitename = $wgOurs;')).unknown).toEqual([]);
  expect((await check('wmgOurs: { default: X }')).unknown).toEqual([]);
});
