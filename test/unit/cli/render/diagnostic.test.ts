import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { diagnosticsText, diagnosticText, publicDiagnostic } from '../../../../src/cli/render/diagnostic.ts';
import type { Diagnostic } from '../../../../src/kernel/diagnostic.ts';

const folder = mkdtempSync(join(tmpdir(), 'mwpipe-diagnostic-'));
const file = join(folder, 'production.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

it('shows the place, the line that is meant with the one before it, and what to do', () => {
  writeFileSync(file, 'extensions:\n  - Cite\n  - Echoo\n');
  expect(diagnosticText(unknown({ line: 3, column: 5, length: 5 }), false)).toBe(
    `${file}:3:5  unknown component "Echoo"  [resolve/unknown-component]
  2 │   - Cite
  3 │   - Echoo
    │     ^^^^^
  hint: did you mean Echo?
`,
  );
});

it('keeps the squiggle below what is meant where tabs stand before it, and shows no line ends of Windows', () => {
  writeFileSync(file, 'a\r\n\tx\tEchoo\r\n');
  const lines = diagnosticText(unknown({ line: 2, column: 4, length: 5 }), false).split('\n');
  expect(lines.slice(1, 4)).toEqual(['  1 │ a', '  2 │ \tx\tEchoo', '    │ \t \t^^^^^']);
});

it('shows the part of a very long line that is meant', () => {
  writeFileSync(file, `${'x'.repeat(5000)}Echoo${'y'.repeat(5000)}\n`);
  const [, meant = '', squiggle = ''] = diagnosticText(unknown({ line: 1, column: 5001, length: 5 }), false).split(
    '\n',
  );
  expect(meant.length).toBeLessThan(180);
  expect(meant.slice(squiggle.indexOf('^'), squiggle.lastIndexOf('^') + 1)).toBe('Echoo');
});

it('leaves out the lines of a file that can no longer be read', () => {
  const at = { file: join(folder, 'gone.yaml'), line: 3, column: 1, length: 1 };
  expect(diagnosticText({ code: 'x/y', message: 'wrong', at }, false)).toBe(`${at.file}:3:1  wrong  [x/y]\n`);
});

it('says of a private patch that there is something, and nothing of it', () => {
  const secret = { ...unknown({ line: 1, column: 1, length: 1 }), exit: 'refused', visibility: 'private' } as const;
  const shown = publicDiagnostic(secret);
  expect(shown).toEqual({
    code: 'resolve/unknown-component',
    message: 'about a private patch: the details are shown to its owners only',
    exit: 'refused',
  });
});

it('shows twenty of very many, and how many more there are', () => {
  const many = Array.from({ length: 23 }, (_, n): Diagnostic => ({ code: 'x/y', message: `number ${n}` }));
  const text = diagnosticsText(many, false);
  expect(text).toContain('number 19');
  expect(text).not.toContain('number 20');
  expect(text).toContain('and 3 more');
});

it('colours for a screen only', () => {
  const colours = (text: string): boolean => text.includes('\u001B');
  expect([true, false].map((colour) => colours(diagnosticText({ code: 'x/y', message: 'm' }, colour)))).toEqual([
    true,
    false,
  ]);
});

function unknown(place: { readonly line: number; readonly column: number; readonly length: number }): Diagnostic {
  return {
    code: 'resolve/unknown-component',
    message: 'unknown component "Echoo"',
    hint: 'did you mean Echo?',
    at: { file, ...place },
  };
}
