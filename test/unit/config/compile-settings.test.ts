/** What a wiki gets from stacked settings.yaml files. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSettings } from '../../../src/config/compile-settings.ts';
import { mergeValues } from '../../../src/config/merge-values.ts';
import { settingsSchema } from '../../../src/config/overlay.ts';
import { parseYaml } from '../../../src/kernel/yaml-document.ts';
import { valueOf } from '../../worlds/overlays.ts';

function compiled(...texts: readonly string[]) {
  const documents = texts.map((text, index) =>
    valueOf(parseYaml(`/o${String(index)}/settings.yaml`, text, settingsSchema)),
  );
  return valueOf(compileSettings(documents));
}

it("takes the wiki's own value, and the default elsewhere", () => {
  const settings = compiled('wgA: { default: 1, dewiki: 2 }\nwgB: { default: x }\n');
  expect(settings.default).toEqual(
    new Map<string, unknown>([
      ['wgA', 1],
      ['wgB', 'x'],
    ]),
  );
  expect(settings.wikis.get('dewiki')).toEqual(new Map([['wgA', 2]]));
});

it('lets a later overlay replace what it names, and nothing else', () => {
  const settings = compiled('wgA: { default: 1, dewiki: 2, frwiki: 3 }\n', 'wgA: { default: 9, frwiki: 8 }\n');
  expect(settings.default.get('wgA')).toBe(9);
  expect(settings.wikis.get('dewiki')?.get('wgA')).toBe(2);
  expect(settings.wikis.get('frwiki')?.get('wgA')).toBe(8);
});

it('adds what has a plus to the value for all', () => {
  const settings = compiled(
    'wgA:\n  default: { user: { edit: true, move: false } }\n  +dewiki: { user: { move: true }, bot: [x] }\n',
  );
  expect(settings.wikis.get('dewiki')?.get('wgA')).toEqual({ user: { edit: true, move: true }, bot: ['x'] });
  expect(settings.default.get('wgA')).toEqual({ user: { edit: true, move: false } });
});

it('remembers where each setting was typed last', () => {
  const settings = compiled('wgA: { default: 1 }\n', 'wgB: { default: 1 }\nwgA: { default: 2 }\n');
  expect(settings.origins.get('wgA')).toMatchObject({ file: '/o1/settings.yaml', line: 2, column: 17 });
});

it('has nothing to say about an empty file', () => {
  expect(compiled('# later\n').default.size).toBe(0);
});

describe('adding values', () => {
  const plain = fc.jsonValue({ maxDepth: 3 });
  it('keeps all that the special value says', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), plain),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), plain),
        (special, general) => {
          const merged = mergeValues(special, general) as Record<string, unknown>;
          expect(Object.keys(merged).sort()).toEqual(
            [...new Set([...Object.keys(special), ...Object.keys(general)])].sort(),
          );
          for (const [key, value] of Object.entries(special)) {
            if (typeof value !== 'object' || value === null) expect(merged[key]).toBe(value);
          }
        },
      ),
    );
  });
  it('changes neither of the two', () => {
    fc.assert(
      fc.property(plain, plain, (special, general) => {
        const before = JSON.stringify([special, general]);
        mergeValues(special, general);
        expect(JSON.stringify([special, general])).toBe(before);
      }),
    );
  });
});
