import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findDiagnostics, findEvents } from '../../../docs/generator/find-codes.ts';

it('finds each member of an event union with its data and its comment', () => {
  using sources = sourceTree({
    'src/build/events.ts': `
      export type BuildEvent =
        /** Taken from the cache. */
        | { readonly code: 'build/layer-reused'; readonly bytes: number; readonly why?: 'a' | 'b' }
        | { readonly code: 'build/started' | 'build/ended' };`,
  });
  expect(findEvents(sources.root)).toEqual([
    { code: 'build/layer-reused', fields: ['bytes: number', "why?: 'a' | 'b'"], doc: 'Taken from the cache.' },
    { code: 'build/started', fields: [] },
    { code: 'build/ended', fields: [] },
  ]);
});

it('shows what a diagnostic says, with … for what was typed', () => {
  using sources = sourceTree({
    'src/resolve/a.ts':
      "fail({ code: 'resolve/gone', message: `no repo ${quote(name)} here`, hint: 'look' + ' again' });",
  });
  expect(findDiagnostics(sources.root)).toEqual([
    { code: 'resolve/gone', messages: ['no repo … here'], hints: ['look again'] },
  ]);
});

it('pairs each code of a choice with its own text', () => {
  using sources = sourceTree({
    'src/kernel/a.ts':
      "fail({ code: gone ? 'yaml/no-file' : 'yaml/unreadable', message: gone ? 'none' : `can't: ${x}` });",
  });
  expect(findDiagnostics(sources.root)).toEqual([
    { code: 'yaml/no-file', messages: ['none'], hints: [] },
    { code: 'yaml/unreadable', messages: ["can't: …"], hints: [] },
  ]);
});

it('looks up a message that has a name', () => {
  using sources = sourceTree({
    'src/x/a.ts':
      "function f() { const message = `no ${x}`; if (y) { return fail({ code: 'x/y', message, hint: other }); } }",
  });
  expect(findDiagnostics(sources.root)).toEqual([{ code: 'x/y', messages: ['no …'], hints: ['…'] }]);
});

it('joins what several places say under one code, and takes no event for a diagnostic', () => {
  using sources = sourceTree({
    'src/x/a.ts': "a({ code: 'x/y', message: 'one' }); emit({ code: 'x/happened', bytes: 1 });",
    'src/x/b.ts': "b({ code: 'x/y', message: 'two' }); c({ code: 'x/y', message: 'one' });",
  });
  expect(findDiagnostics(sources.root)).toEqual([{ code: 'x/y', messages: ['one', 'two'], hints: [] }]);
});

function sourceTree(files: Readonly<Record<string, string>>): Disposable & { readonly root: string } {
  const root = mkdtempSync(join(tmpdir(), 'mwpipe-docs-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}
