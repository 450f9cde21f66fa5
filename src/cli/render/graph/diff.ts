/** The difference between a declared file and the code: as text on one screen, or whole as Markdown. */
import type { GraphDiff } from '../../../resolve/index.ts';
import { table } from '../units.ts';
import { plain } from './plain.ts';

const ROWS = 20;

export function diffText(diff: GraphDiff): string {
  return [
    `${diff.file} against the code of ${diff.set}: ${String(diff.declared)} declared edges in the set`,
    ...section('Missing there, found in code', missingRows(diff)),
    ...section('Declared, used by nothing in the code', unusedRows(diff)),
    ...section('Not in the set', strangerRows(diff)),
  ].join('\n');
}

function section(title: string, rows: readonly string[][]): string[] {
  if (rows.length === 0) return [`${title}  none`];
  const more = rows.length > ROWS ? [[`and ${String(rows.length - ROWS)} more; --format markdown has all`]] : [];
  return [`${title} (${String(rows.length)})`, table([...rows.slice(0, ROWS), ...more])];
}

function missingRows({ missing }: GraphDiff): string[][] {
  return missing.map(({ from, to, kinds, because }) => {
    const place =
      because === undefined ? '' : `${plain(because.what)}   ${plain(because.file)}:${String(because.line)}`;
    return [`${from} → ${to}`, kinds.join(', '), place];
  });
}

function unusedRows({ unused }: GraphDiff): string[][] {
  return unused.map(({ from, to }) => [`${plain(from)} → ${plain(to)}`]);
}

function strangerRows({ strangers }: GraphDiff): string[][] {
  return strangers.map(({ name, near }) => [plain(name), near === undefined ? '' : `did you mean ${near}?`]);
}

export function diffMarkdown(diff: GraphDiff): string {
  return [
    `# ${cell(diff.file)} against ${cell(diff.set)}`,
    ...markdownTable('Missing there, found in code', ['Edge', 'Kinds', 'Because'], missingRows(diff)),
    ...markdownTable('Declared, used by nothing in the code', ['Edge'], unusedRows(diff)),
    ...markdownTable('Not in the set', ['Name', 'Hint'], strangerRows(diff)),
  ].join('\n\n');
}

function markdownTable(title: string, head: readonly string[], rows: readonly string[][]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const body = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  return [`## ${title} (${String(rows.length)})`, rows.length === 0 ? 'None.' : body];
}

function cell(text: string): string {
  return plain(text).replaceAll(/[\\|<>`*_[\]]/g, (sign) => `\\${sign}`);
}
