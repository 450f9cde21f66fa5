/**
 * Lines of a terminal as an animated SVG: each appears at its moment, the window scrolls with them, and it begins again.
 * Where nothing moves (a printer, reduced motion) the last screen is shown. No script, no font of its own.
 */
import type { Cell, ScreenLine, Style } from './screen.ts';

export interface Picture {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly lines: readonly ScreenLine[];
  /** Seconds that the last screen stays before the picture begins again. */
  readonly rest: number;
}

const CELL = { width: 8.4, height: 19, font: 14 } as const;
const PADDING = 16;
const BAR = 34;

export function svgOf(picture: Picture): string {
  const width = Math.ceil(picture.columns * CELL.width) + 2 * PADDING;
  const height = picture.rows * CELL.height + BAR + 2 * PADDING;
  const inside = picture.rows * CELL.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(picture.title)}">
<style>${style(picture)}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9" fill="#0d1117" stroke="#3d444d"/>
<circle cx="20" cy="18" r="5.5" fill="#ff5f57"/><circle cx="38" cy="18" r="5.5" fill="#febc2e"/><circle cx="56" cy="18" r="5.5" fill="#28c840"/>
<text x="${width / 2}" y="22" text-anchor="middle" fill="#9198a1">${escaped(picture.title)}</text>
<svg x="${PADDING}" y="${BAR + PADDING - 6}" width="${width - 2 * PADDING}" height="${inside}" viewBox="0 0 ${width - 2 * PADDING} ${inside}">
<g class="s">
${picture.lines.map((line, row) => lineText(line, row)).join('')}</g>
</svg>
</svg>
`;
}

/** Classes for what lines share; a keyframe for each moment at which lines appear. */
function style(picture: Picture): string {
  const last = picture.lines.reduce((latest, { changed }) => Math.max(latest, changed), 0);
  const total = last + picture.rest;
  const loop = `${seconds(total)} step-end infinite`;
  const moments = [...new Set(picture.lines.map(momentOf))];
  const appearances = moments.map(
    (moment) =>
      `.m${moment}{animation:m${moment} ${loop}}@keyframes m${moment}{0%{visibility:hidden}${share(moment / 10, total)}{visibility:visible}}`,
  );
  return [
    `text{font:${CELL.font}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}.s{fill:#e6edf3}`,
    '.b{font-weight:700}.d{opacity:.65}',
    `.s{transform:translateY(${scrollAt(picture, picture.lines.length)}px);animation:s ${loop}}`,
    `@keyframes s{${scrollFrames(picture, total)}}`,
    ...appearances,
    '@media (prefers-reduced-motion:reduce){*{animation:none!important}}',
  ].join('');
}

/** A tenth of a second is one moment: lines that come together share a keyframe. */
function momentOf({ changed }: ScreenLine): number {
  return Math.round(changed * 10);
}

function scrollFrames(picture: Picture, total: number): string {
  const frames = new Map<number, number>([[0, 0]]);
  picture.lines.forEach((line, row) => frames.set(momentOf(line), scrollAt(picture, row + 1)));
  const ordered = [...frames].sort(([a], [b]) => a - b);
  const changed = ordered.filter(([, offset], index) => index === 0 || ordered[index - 1]?.[1] !== offset);
  return changed.map(([moment, offset]) => `${share(moment / 10, total)}{transform:translateY(${offset}px)}`).join('');
}

/** How far the window has scrolled when `count` lines are there. */
function scrollAt({ rows }: Picture, count: number): number {
  return -Math.max(0, count - rows) * CELL.height;
}

function lineText(line: ScreenLine, row: number): string {
  const runs = runsOf(line.cells);
  if (runs.every(({ text }) => text.trim() === '')) return '';
  const spans = runs.map(runText).join('');
  return `<text class="m${momentOf(line)}" y="${row * CELL.height + CELL.font}">${spans}</text>\n`;
}

interface Run {
  readonly column: number;
  readonly style: Style;
  text: string;
}

/** Neighbours of one style; spaces at the end are nothing to see. */
function runsOf(cells: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  cells.forEach(({ char, style: own }, column) => {
    const last = runs.at(-1);
    if (last !== undefined && sameStyle(last.style, own)) last.text += char;
    else runs.push({ column, style: own, text: char });
  });
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() })).filter(({ text }) => text !== '');
}

function sameStyle(a: Style, b: Style): boolean {
  return a.colour === b.colour && a.bold === b.bold && a.dim === b.dim;
}

/** Each run has its own x, so that a font of another width can't shift the columns. */
function runText({ column, style: own, text }: Run): string {
  const classes = [...(own.bold ? ['b'] : []), ...(own.dim ? ['d'] : [])].join(' ');
  const attributes = [
    `x="${Math.round(column * CELL.width * 10) / 10}"`,
    ...(classes === '' ? [] : [`class="${classes}"`]),
    ...(own.colour === undefined ? [] : [`fill="${own.colour}"`]),
  ];
  return `<tspan ${attributes.join(' ')}>${escaped(text)}</tspan>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function seconds(value: number): string {
  return `${value.toFixed(1)}s`;
}

function share(at: number, total: number): string {
  return `${((at / total) * 100).toFixed(2).replace(/\.?0+$/, '')}%`;
}
