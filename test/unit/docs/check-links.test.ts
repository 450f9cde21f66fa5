import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stalePages } from '../../../docs/generate.ts';
import { brokenLinks, linksOf } from '../../../docs/generator/check-links.ts';
import { machinePaths } from '../../../docs/generator/check-paths.ts';

it('takes links in prose, not those in code or on the web', () => {
  expect(
    linksOf('[a](b.md) ![c](d.svg) `[e](f.md)`\n```\n[g](h.md)\n```\n[i](https://j.example) <img src="k.svg">'),
  ).toEqual(['b.md', 'd.svg', 'k.svg']);
});

it('names a link to a page or a heading that is not there', () => {
  using pages = folderOf({
    'a.md': '# One thing: `more`\n[ok](#one-thing-more) [b](b.md#two) [c](c.md) [no](b.md#three)',
    'b.md': '## Two',
  });
  expect(brokenLinks(pages.root)).toEqual([
    'a.md: the link c.md leads nowhere',
    'a.md: the link b.md#three leads nowhere',
  ]);
});

it('names a path of the machine that a page was written on', () => {
  using pages = folderOf({ 'a.md': 'See `/home/anna/src` and ~/work/x, images/work/y.' });
  expect(machinePaths(pages.root)).toEqual(['a.md: names /home/anna/src, a path of one machine']);
});

it('names each page of the reference that would change, come or go', () => {
  using reference = folderOf({ 'same.md': 'a', 'old.md': 'a', 'gone.md': 'a' });
  const pages = new Map([
    ['same.md', 'a'],
    ['old.md', 'b'],
    ['new.md', 'c'],
  ]);
  expect(stalePages(pages, reference.root).map((line) => line.split(';')[0])).toEqual([
    'docs/reference/gone.md: nothing makes it any more',
    'docs/reference/new.md: out of date',
    'docs/reference/old.md: out of date',
  ]);
});

function folderOf(files: Readonly<Record<string, string>>): Disposable & { readonly root: string } {
  const root = mkdtempSync(join(tmpdir(), 'mwpipe-docs-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}
