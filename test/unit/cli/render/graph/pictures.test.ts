/** Both pictures of a graph: names of components and reasons come from other people's files. */
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { graphMermaid } from '../../../../../src/cli/render/graph/mermaid.ts';
import { graphSvg } from '../../../../../src/cli/render/graph/svg.ts';
import { diffMarkdown, diffText } from '../../../../../src/cli/render/graph/diff.ts';
import type { ComponentGraph, GraphEdge } from '../../../../../src/resolve/index.ts';

const HOSTILE = [
  'Wikidata.org',
  '3D',
  'skins/Vector',
  'end',
  'a"]; click a "x',
  '<b>&',
  'C\u001b[31m\n',
  '`|`',
  'é 中',
];

function graph(names: readonly string[], edges: readonly Partial<GraphEdge>[]): ComponentGraph {
  const component = (name: string) => ({ name, kind: 'extension' as const, path: name, tree: '', registered: [] });
  const edge = (one: Partial<GraphEdge>): GraphEdge => ({
    from: '',
    to: '',
    kind: 'hard',
    because: [],
    count: 1,
    ...one,
  });
  const head = { schema: 'mwpipe.graph/1', set: 't', mediawiki: '1.43.0' } as const;
  return { ...head, components: names.map(component), edges: edges.map(edge), outside: [] };
}

const chain = (names: readonly string[]): ComponentGraph =>
  graph(
    names,
    names.map((from, at) => ({ from, to: names[(at + 1) % names.length]! })),
  );

it('draws each component once in Mermaid, and several kinds between two as one arrow', () => {
  const two = [
    { from: '3D', to: 'skins/Vector', kind: 'hard' as const },
    { from: '3D', to: 'skins/Vector', kind: 'hook' as const },
  ];
  expect(graphMermaid(graph(['3D', 'Alone', 'skins/Vector'], two))).toBe(
    'flowchart LR\n  c0["3D"]\n  c1["skins/Vector"]\n  c0 ==>|"hard, hook"| c1\n',
  );
});

it('no name breaks out of Mermaid: ids are unique, labels hold no sign of its syntax', () => {
  const name = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }));
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 9 }), (names) => {
      const lines = graphMermaid(chain(names)).trimEnd().split('\n');
      const ids = lines
        .slice(1, names.length + 1)
        .map((line) => /^ {2}(c\d+)\["(?:[\p{L}\p{N} _./-]|#\d+;)*"\]$/u.exec(line)?.[1]);
      expect(ids).not.toContain(undefined);
      expect(new Set(ids).size).toBe(names.length);
      for (const line of lines.slice(names.length + 1)) expect(line).toMatch(/^ {2}c\d+ ==>\|"hard"\| c\d+$/);
    }),
  );
});

it('draws an SVG that is XML, whose edges say why, and that says how many components it leaves out', async () => {
  const because = [{ file: 'a&b.php', line: 3, what: 'isLoaded( "<x>" )' }];
  const drawn = chain(HOSTILE);
  const edges = drawn.edges.map((edge) => ({ ...edge, because, count: 5 }));
  const svg = await graphSvg({
    ...drawn,
    edges,
    components: [...drawn.components, ...graph(['Alone'], []).components],
  });
  const texts: string[] = [];
  const parser = new SaxesParser();
  parser.on('text', (text) => void texts.push(text));
  parser.write(svg).close();
  expect(texts).toContain('Wikidata.org → 3D: hard\nisLoaded( "<x>" )  a&b.php:3\nand 4 more');
  expect(texts).toContain('a"]; click a "x');
  expect(texts.join()).toContain('1 without such an edge are left out');
});

it('draws a graph without an edge', async () => {
  expect(await graphSvg(graph(['A'], []))).toContain('<svg');
  expect(graphMermaid(graph(['A'], []))).toBe('flowchart LR\n');
});

it('no name breaks out of a table or obeys the terminal', () => {
  const name = 'a|b\n# c\u001b[2J<script>';
  const missing = [{ from: 'A', to: 'B', kinds: ['hook' as const], because: { file: name, line: 1, what: name } }];
  const diff = { set: 't', file: 'f', declared: 1, missing, unused: [{ from: name, to: name }], strangers: [{ name }] };
  expect(diffMarkdown(diff)).toContain('| A → B | hook | a\\|b?# c?\\[2J\\<script\\>   a');
  expect(diffText(diff)).not.toMatch(/\u001b|\n#/);
});
