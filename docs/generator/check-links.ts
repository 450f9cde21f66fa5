/** Relative links of all pages: the file must be there, and the heading in it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export function brokenLinks(root: string): string[] {
  return markdownFiles(root).flatMap((file) =>
    linksOf(readFileSync(file, 'utf8'))
      .filter((link) => !leads(file, link))
      .map((link) => `${relative(root, file)}: the link ${link} leads nowhere`),
  );
}

export function markdownFiles(root: string): string[] {
  const ignored = (name: string): boolean => name === 'node_modules' || name === 'dist' || name === '.git';
  return globSync('**/*.md', { cwd: root, exclude: (path) => path.split('/').some(ignored) })
    .sort()
    .map((file) => join(root, file));
}

/** Targets of `[text](target)`, `![alt](target)` and `src="target"` outside code; addresses of the web are not ours. */
export function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const found = prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href|srcset)="([^"]+)"/g);
  return Array.from(found, (match) => match[1] ?? match[2] ?? '').filter((link) => !/^[a-z]+:/.test(link));
}

function leads(from: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? from : join(dirname(from), decodeURIComponent(path));
  if (!existsSync(file)) return false;
  return heading === undefined || !file.endsWith('.md') || headingsOf(readFileSync(file, 'utf8')).has(heading);
}

/** The anchors that GitHub gives to headings. */
function headingsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6} +(.+?) *$/gm);
  return new Set(Array.from(headings, (match) => anchorOf(match[1] ?? '')));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/\]\([^)]*\)/g, '')
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}
