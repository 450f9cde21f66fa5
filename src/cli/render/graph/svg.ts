/** The graph as a picture, laid out by Graphviz: colours by kind with a legend, an edge's reasons where one points at it. */
import { instance, type Edge, type Graph, type Node } from '@viz-js/viz';
import { MwpipeError } from '../../../kernel/error.ts';
import type { ComponentGraph, EdgeKind, GraphEdge } from '../../../resolve/index.ts';
import { escapeXml, plain } from './plain.ts';

/** Told apart by people who see few colours, too: the line differs as well. */
const LOOKS: Readonly<Record<EdgeKind, { readonly colour: string; readonly line: string; readonly says: string }>> = {
  hard: { colour: '#1b1b1b', line: 'bold', says: 'requires it' },
  attribute: { colour: '#d55e00', line: 'solid', says: 'sets an attribute of it' },
  hook: { colour: '#0072b2', line: 'solid', says: 'handles a hook of it' },
  service: { colour: '#009e73', line: 'solid', says: 'uses a service of it' },
  import: { colour: '#8a6d00', line: 'dashed', says: 'names a class of it' },
  isLoaded: { colour: '#9467bd', line: 'dashed', says: 'asks whether it is there' },
  'test-extra': { colour: '#7f7f7f', line: 'dotted', says: 'needs it in tests' },
  phan: { colour: '#c0c0c0', line: 'dotted', says: 'shows it to phan' },
};

const FILLS: Readonly<Record<ComponentGraph['components'][number]['kind'], string>> = {
  ...{ core: '#ffe8a3', vendor: '#ffe8a3', extension: '#f4f6f8', skin: '#e3f1e5', library: '#f0e6f5' },
};

export async function graphSvg(graph: ComponentGraph): Promise<string> {
  const viz = await instance();
  const names = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const drawn = graph.components.filter(({ name }) => names.has(name));
  const result = viz.render(drawing(graph, drawn), { format: 'svg', engine: 'dot' });
  if (result.status === 'success') return withTitles(result.output, { drawn, edges: graph.edges });
  const message = `Graphviz could not lay out the graph: ${result.errors.map((error) => error.message).join('; ')}`;
  throw new MwpipeError({ code: 'graph/layout', message, source: 'bug' });
}

type Component = ComponentGraph['components'][number];

/** Numbers for names: Graphviz writes what it is given into comments of the SVG, where no name can be made safe. */
function drawing(graph: ComponentGraph, drawn: readonly Component[]): Graph {
  const numbers = new Map(drawn.map(({ name }, index) => [name, String(index)]));
  const numberOf = (name: string): string => numbers.get(name) ?? '';
  return {
    ...{ name: 'dependencies', directed: true },
    graphAttributes: {
      ...{ rankdir: 'LR', ranksep: 1.1, nodesep: 0.14, bgcolor: 'white', fontname: FONT, fontsize: 11, pad: 0.3 },
      ...{ labelloc: 't', labeljust: 'l', label: { html: legend(graph, graph.components.length - drawn.length) } },
    },
    nodeAttributes: {
      ...{ shape: 'box', style: 'rounded,filled', color: '#b0b8c0', fontname: FONT, fontsize: 11 },
      ...{ height: 0.28, margin: '0.25,0.04' },
    },
    edgeAttributes: { arrowsize: 0.6 },
    nodes: drawn.map((one, index) => node(one, index)),
    edges: graph.edges.map(({ from, to, kind }, index): Edge => {
      const { colour, line } = LOOKS[kind];
      const attributes = { id: `e${String(index)}`, color: colour, style: line };
      return { tail: numberOf(from), head: numberOf(to), attributes };
    }),
  };
}

function node({ name, kind }: Component, index: number): Node {
  const label = plain(name).replaceAll('\\', '\\\\'); // Graphviz takes \N for the node's name
  return { name: String(index), attributes: { id: `n${String(index)}`, label, fillcolor: FILLS[kind] } };
}

const FONT = 'Helvetica,Arial,sans-serif';

/** Only the kinds that are drawn; and how many components have no edge, and so no place in the picture. */
function legend({ set, mediawiki, edges }: ComponentGraph, alone: number): string {
  const kinds = (Object.keys(LOOKS) as EdgeKind[]).filter((kind) => edges.some((one) => one.kind === kind));
  const rows = kinds.map((kind) => {
    const { colour, says } = LOOKS[kind];
    const cell = (text: string): string => `<TD ALIGN="LEFT"><FONT COLOR="${colour}">${text}</FONT></TD>`;
    return `<TR>${cell(`━━▶ <B>${kind}</B>`)}${cell(says)}</TR>`;
  });
  const others = alone === 0 ? '' : `; ${String(alone)} without such an edge are left out`;
  const title = `${escapeXml(set)}, MediaWiki ${escapeXml(mediawiki)}${others}`;
  return `<TABLE BORDER="0" CELLSPACING="1"><TR><TD ALIGN="LEFT" COLSPAN="2"><B>${title}</B></TD></TR>${rows.join('')}</TABLE>`;
}

interface Titled {
  readonly drawn: readonly Component[];
  readonly edges: readonly GraphEdge[];
}

/** What a browser shows where one points: Graphviz writes its own `0->1`, the name or the reasons say more. */
function withTitles(svg: string, { drawn, edges }: Titled): string {
  return svg.replaceAll(
    /(<g id="(n|e)(\d+)" class="\w+">\s*<title>)[^<]*/g,
    (...[, before, what, index]: readonly string[]) => {
      const edge = what === 'e' ? edges[Number(index)] : undefined;
      const lines = edge === undefined ? [drawn[Number(index)]?.name ?? ''] : reasons(edge);
      return `${before ?? ''}${lines.map(escapeXml).join('&#10;')}`;
    },
  );
}

function reasons({ from, to, kind, because, count }: GraphEdge): string[] {
  const places = because.map(({ file, line, what }) => `${plain(what)}  ${plain(file)}:${String(line)}`);
  const more = count - because.length;
  return [`${from} → ${to}: ${kind}`, ...places, ...(more > 0 ? [`and ${String(more)} more`] : [])];
}
