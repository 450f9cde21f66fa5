import { expect, it } from 'vitest';
import { diffGraph, EDGE_KINDS, formatGraph, parseDeclared, type EdgeKind } from '../../../../src/resolve/index.ts';
import { component, graphOf } from './components.ts';

const graph = graphOf([
  component('core', { uses: [{ kind: 'loaded', name: 'Echo' }] }),
  component('Echo', { namespaces: ['Notify'] }),
  component('Thanks', {
    uses: [
      { kind: 'hard', name: 'Echo' },
      { kind: 'class', name: 'Notify\\Event' },
    ],
  }),
  component('Nuke', {
    uses: [
      { kind: 'loaded', name: 'Thanks' },
      { kind: 'phan', name: 'extensions/Echo' },
    ],
  }),
  component('Gift', { uses: [{ kind: 'hard', name: 'Thanks' }] }),
  component('skins/Vector'),
]);
const diff = (text: string, kinds: readonly EdgeKind[] = EDGE_KINDS.filter((kind) => kind !== 'phan')) => {
  const declared = parseDeclared('dependencies.yaml', text);
  if (!declared.ok)
    return declared.diagnostics.map(({ code, at }) => `${code} ${String(at?.line)}:${String(at?.column)}`);
  const { missing, unused, strangers } = diffGraph(graph, declared.value, kinds);
  return {
    missing: missing.map(
      ({ from, to, kinds: found, because }) => `${from} ${to} ${found.join(',')} ${because?.what ?? ''}`,
    ),
    unused: unused.map(({ from, to }) => `${from} ${to}`),
    strangers: strangers.map(({ name, near }) => `${name}${near === undefined ? '' : ` (${near})`}`),
  };
};

it("reads zuul's file in both its forms, with comments, and full names of repos", () => {
  const yaml = `# a comment
Thanks:
 # From extension.json:
 - Echo
mediawiki/extensions/Nuke:
  requires: [mediawiki/extensions/Thanks, skins/Vector]
  recurse: false
Gift:
 - Thanks
 - Echo
`;
  expect(diff(yaml)).toEqual({ missing: [], unused: ['Nuke skins/Vector'], strangers: [] });
});

it('names what is missing with its strongest reason, what nothing uses, and what is not in the set', () => {
  expect(
    diff('{ "Aa": [], "Ecko": [], "Thanks": ["Nuke", "Zork"], "Gift": { "requires": ["Thanks"], "extras": [] } }'),
  ).toEqual({
    missing: ['Nuke Thanks isLoaded Thanks', 'Thanks Echo hard,import Echo'],
    unused: ['Thanks Nuke'],
    strangers: ['Ecko (Echo)', 'Aa', 'Zork'],
  });
});

it('a file for phan should have what phan reads, and may leave the rest', () => {
  expect(diff('{ "Nuke": [] }', ['phan'])).toMatchObject({ missing: ['Nuke Echo phan extensions/Echo'] });
});

it('misses nothing of core, unless the file has a place for it', () => {
  const rest = '"Thanks": ["Echo"], "Nuke": ["Thanks"], "Gift": ["Thanks"]';
  expect(diff(`{${rest}}`)).toMatchObject({ missing: [] });
  expect(diff(`{${rest}, "mediawiki/core": []}`)).toMatchObject({ missing: ['core Echo isLoaded Echo'] });
});

it('finds no difference from the graph itself', () => {
  expect(diff(formatGraph(graph))).toEqual({ missing: [], unused: [], strangers: [] });
});

it('says where a file is wrong', () => {
  expect(diff('{\n "Echo": 7\n}')).toEqual(['resolve/wrong-declaration 2:10']);
  expect(diff('{"schema": "mwpipe.graph/9"}')).toEqual(['resolve/newer-graph 1:12']);
  expect(diff('{"schema": "mwpipe.graph/1", "set": 3}')).toContain('resolve/wrong-declaration 1:37');
  expect(diff('{,}')).toEqual(['json/syntax 1:2']);
  expect(diff('Echo: 7\n')).toEqual([expect.stringMatching(/^yaml\/[a-z-]+ 1:/)]);
});
