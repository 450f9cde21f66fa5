/** A diff as people, programs and browsers get it. */
import { expect, it } from 'vitest';
import { diffPage } from '../../../../src/cli/render/config-diff-page.ts';
import { diffRows, diffText } from '../../../../src/cli/render/config-diff.ts';
import { checkText } from '../../../../src/cli/render/config.ts';
import type { ConfigDiff, SettingChange } from '../../../../src/config/index.ts';

const all = ['aawiki', 'dewiki', 'enwiki', 'frwiki'];
type Values = readonly [before: unknown, after: unknown];
const change = (setting: string, [before, after]: Values, more: Partial<SettingChange> = {}): SettingChange => ({
  setting,
  path: [],
  before,
  after,
  wikis: all,
  ...more,
});
const diffOf = (...changes: readonly SettingChange[]): ConfigDiff => ({
  after: { label: 'the work tree', bundle: 'b'.repeat(64) },
  images: [
    {
      image: 'sha256:1',
      slots: ['blue'],
      mediawiki: '1.43.9',
      before: { label: 'live', bundle: 'a'.repeat(64) },
      changes,
      added: [],
      removed: [],
    },
  ],
  naming: { all, lists: new Map([['group1', ['dewiki', 'frwiki']]]) },
  warnings: [],
});

it('says each change with its wikis and its place', () => {
  const at = { file: '/w/settings.yaml', line: 3, column: 12, length: 4 };
  const text = diffText(
    diffOf(
      change('wgFoo', [false, true], { wikis: ['dewiki', 'frwiki'], at }),
      change('wgGroupPermissions', [undefined, true], { path: ['user', 'edit me'], wikis: ['aawiki'] }),
      change('wgSitename', ['Old', undefined]),
    ),
  );
  expect(text.split('\n')).toEqual([
    'live aaaaaaaaaaaa → the work tree bbbbbbbbbbbb, on blue: 3 changes',
    '  wgFoo: false → true on 2 wikis (group1)   /w/settings.yaml:3:12',
    '  wgGroupPermissions.user."edit me": not set → true on aawiki   set by PHP',
    '  wgSitename: "Old" → not set on all 4 wikis   set by PHP',
    'Make it live with  mwpipe config push',
  ]);
});

it('does not recommend to push what no push takes', () => {
  const diff = diffOf(change('wgFoo', [false, true]));
  expect(diffText({ ...diff, after: { ...diff.after, raw: true } })).not.toContain('mwpipe config push');
  const accepted = { bundle: 'b'.repeat(64), images: [], warnings: [] };
  expect(checkText(accepted)).toContain('mwpipe config push');
  expect(checkText({ ...accepted, raw: true })).not.toContain('mwpipe config push');
});

it('says of long lists what goes and what comes', () => {
  const text = diffText(
    diffOf(
      change('wgList', [
        ['a', 'b', 'c'],
        ['a', 'c', 'd'],
      ]),
    ),
  );
  expect(text).toContain('wgList: − "b", + "d" on all 4 wikis');
});

it('says where nothing differs', () => {
  expect(diffText(diffOf())).toBe('No setting differs: live aaaaaaaaaaaa → the work tree bbbbbbbbbbbb, on blue');
});

it('says once what two images show alike', () => {
  const diff = diffOf(change('wgFoo', [1, 2]));
  const [image] = diff.images;
  const text = diffText({ ...diff, images: [image!, { ...image!, image: 'sha256:2', slots: ['green'] }] });
  expect(text.match(/wgFoo/g)).toHaveLength(1);
  expect(text).toContain('on blue and green: 1 change');
});

it('gives programs a row for each wiki', () => {
  expect(diffRows(diffOf(change('wgX', [1, 2], { path: ['k'], wikis: ['aawiki', 'dewiki'] })))).toEqual([
    { wiki: 'aawiki', setting: 'wgX.k', before: 1, after: 2, origin: 'set by PHP' },
    { wiki: 'dewiki', setting: 'wgX.k', before: 1, after: 2, origin: 'set by PHP' },
  ]);
});

it('writes a page that runs nothing of what it shows', () => {
  const bad = "</pre><script>alert(1)</script>\" onload='x' \u202Egnp";
  const page = diffPage(diffOf(change('wgX', [bad, { [bad]: [bad] }], { path: [bad], wikis: [bad, 'b'] })));
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).not.toContain('</pre><script>');
  expect(page).not.toContain("onload='x'");
  expect(page).not.toContain('\u202E');
  expect(page).not.toMatch(/(?:src|href)=/);
});
