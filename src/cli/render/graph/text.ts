/** The graph in one screen: counts by kind, circles, hubs, and who uses others without asking; or one neighbourhood. */
import type { ComponentGraph, GraphEdge, GraphEvent, GraphSummary } from '../../../resolve/index.ts';
import type { Line } from '../renderer.ts';
import { table } from '../units.ts';
import { plain } from './plain.ts';

export function graphLine(event: GraphEvent): Line | undefined {
  switch (event.code) {
    case 'resolve/code-read':
      return {
        progress: `${String(event.done)} of ${String(event.of)}: ${event.component}, ${String(event.files)} files`,
      };
    case 'resolve/file-skipped':
      return `${event.component}: ${plain(event.file)} is left out: ${plain(event.because)}`;
    case 'resolve/hard-cycle':
      return `warning: ${event.components.join(', ')} require each other`;
  }
}

const ROWS = 12;

export function summaryText({ set, mediawiki, components, edges }: ComponentGraph, summary: GraphSummary): string {
  const counts = summary.counts.map(({ kind, edges: count, outside }) => [
    kind,
    String(count),
    outside === 0 ? '' : `and ${String(outside)} ${outside === 1 ? 'name' : 'names'} outside the set`,
  ]);
  const hubs = summary.hubs.slice(0, ROWS).map(({ name, dependents }) => [name, `${String(dependents)} depend on it`]);
  return [
    `${set}, MediaWiki ${mediawiki}: ${String(components.length)} components, ${String(edges.length)} edges`,
    table(counts),
    ...circles(summary),
    ...(hubs.length === 0 ? [] : ['Most depended on', table(hubs)]),
    ...undeclared(summary.undeclared),
    `Next  mwpipe graph ${set} --only NAME, or --format svg --out graph.svg`,
  ].join('\n');
}

function circles({ cycles }: GraphSummary): string[] {
  const hard = cycles.hard.map((names) => `require each other: ${names.join(', ')}`);
  const any = cycles.any.map((names) => `${String(names.length)} in a circle over any kind: ${names.join(', ')}`);
  if (any.length === 0) return ['Circles  none'];
  return [
    'Circles',
    ...(hard.length === 0 ? ['  none of hard edges'] : []),
    ...[...hard, ...any].map((line) => `  ${line}`),
  ];
}

function undeclared(edges: readonly GraphEdge[]): string[] {
  if (edges.length === 0) return ['Used without being required or asked for  none'];
  return ['Used without being required or asked for', table(shortened(edges.map(row)))];
}

function shortened(rows: readonly string[][]): string[][] {
  return rows.length <= ROWS
    ? [...rows]
    : [...rows.slice(0, ROWS), [`and ${String(rows.length - ROWS)} more; --format json has all`]];
}

function row({ from, to, kind, because, count }: GraphEdge): string[] {
  const [first] = because;
  const more = count > 1 ? ` (and ${String(count - 1)} more)` : '';
  const place = first === undefined ? '' : `${plain(first.what)}   ${plain(first.file)}:${String(first.line)}${more}`;
  return [`${from} → ${to}`, kind, place];
}

/** Every edge of some components, each with the first place that says so. */
export function edgesText({ edges, outside }: ComponentGraph): string {
  const away = outside.map(({ kind, name, from }) => [from.join(', '), kind, plain(name)]);
  return [
    edges.length === 0 ? 'no edges' : table(edges.map(row)),
    ...(away.length === 0 ? [] : ['Outside the set', table(away)]),
  ].join('\n');
}
