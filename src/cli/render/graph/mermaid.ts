/** The graph as a Mermaid flowchart: ids are numbers, so that no name can break the syntax; labels are quoted. */
import type { ComponentGraph } from '../../../resolve/index.ts';
import { plain } from './plain.ts';

export function graphMermaid({ components, edges }: ComponentGraph): string {
  const drawn = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const ids = new Map(
    components.filter(({ name }) => drawn.has(name)).map(({ name }, index) => [name, `c${String(index)}`]),
  );
  const nodes = [...ids].map(([name, id]) => `  ${id}["${label(name)}"]`);
  const pairs = Map.groupBy(edges, ({ from, to }) => `${ids.get(from) ?? ''} ${ids.get(to) ?? ''}`);
  const arrows = [...pairs].map(([ends, edgesOfPair]) => {
    const [from = '', to = ''] = ends.split(' ');
    const kinds = edgesOfPair.map(({ kind }) => kind);
    return `  ${from} ${kinds.includes('hard') ? '==>' : '-->'}|"${kinds.join(', ')}"| ${to}`;
  });
  return `${['flowchart LR', ...nodes, ...arrows].join('\n')}\n`;
}

/** Mermaid's own escapes, `#34;` for a quote; a name that is a word of its syntax (`end`) is only text in quotes. */
function label(name: string): string {
  return plain(name).replaceAll(/[^\p{L}\p{N} _./-]/gu, (sign) => `#${String(sign.codePointAt(0))};`);
}
