import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExtensionSet } from '../../../../src/resolve/sets/extension-set.ts';
import { mergeSets, readSet } from '../../../../src/resolve/sets/extension-set.ts';
import type { SetNode } from '../../../../src/resolve/sets/read-sets.ts';
import { setSchema } from '../../../../src/resolve/sets/set-file.ts';
import { parseYaml } from '../../../../src/kernel/yaml-document.ts';
import { setsWorld, told } from '../../../worlds/sets.ts';

const HEAD = 'version: 1\nbranches: [master]\nsources: { extension: "https://e/{name}", skin: "https://s/{name}" }\n';

async function mistakes(sets: Readonly<Record<string, string>>, name = 'a'): Promise<string[]> {
  await using world = await setsWorld(sets);
  return told(await readSet(world.root, name));
}

async function read(sets: Readonly<Record<string, string>>, name = 'a'): Promise<ExtensionSet> {
  await using world = await setsWorld(sets);
  const set = await readSet(world.root, name);
  if (!set.ok) throw new Error(told(set).join('\n'));
  return set.value;
}

const names = (set: ExtensionSet): string[] => set.components.map(({ name }) => name);
const urlOf = (set: ExtensionSet, name: string) => set.components.find((one) => one.name === name)?.url;

it('removes what it inherits, one by one and by group, and lists again what it wants otherwise', async () => {
  const base = `${HEAD}components: [Cite, Echo]\ngroups: { wikibase: [Wikibase, WikibaseLexeme] }\n`;
  const set = await read({
    base,
    a: "version: 1\nextends: [base]\nremove: [extensions/Cite, '@wikibase']\ncomponents: [WikibaseLexeme]\n",
  });
  expect(names(set)).toEqual(['Echo', 'WikibaseLexeme']);
  expect(set.groups).toEqual({});
});

it('points at a removal of what is not there, with what was meant', async () => {
  const base = `${HEAD}components: [Cite, Echo]\ngroups: { wikibase: [Wikibase] }\n`;
  expect(
    await mistakes({
      base,
      a: "version: 1\nextends: [base]\nremove:\n  - Ehco\n  - '@wikibse'\n  - Own\ncomponents: [Own]\n",
    }),
  ).toEqual([
    `resolve/not-inherited a.yaml:4:5 can't remove "Ehco": no set that this one extends has it | did you mean Echo?`,
    `resolve/not-inherited a.yaml:5:5 can't remove "@wikibse": no set that this one extends has it | did you mean @wikibase?`,
    `resolve/not-inherited a.yaml:6:5 can't remove "Own": no set that this one extends has it | inherited: Cite, Echo, Wikibase`,
  ]);
});

it("keeps another set's component of the same name where only one of two removes it", async () => {
  const set = await read({
    base: `${HEAD}components: [Cite, Echo]\n`,
    less: 'version: 1\nextends: [base]\nremove: [Cite]\n',
    other: `${HEAD}components: [Cite]\n`,
    a: 'version: 1\nextends: [other, less]\n',
  });
  expect(names(set).toSorted()).toEqual(['Cite', 'Echo']);
});

it('puts the word of a set before that of the set that it extends, wherever they meet', async () => {
  const set = await read({
    base: `${HEAD}variables: { train: old }\ncomponents: [Cite]\n`,
    pins: 'version: 1\nextends: [base]\nvariables: { train: new }\nbranches: [dev]\ncomponents: [{ name: Cite, tag: "1" }]\n',
    plain: 'version: 1\nextends: [base]\ncomponents: [Echo]\n',
    a: 'version: 1\nextends: [pins, plain]\n',
  });
  expect(set.components[0]).toMatchObject({ name: 'Cite', pin: { name: '1' } });
  expect(set.variables).toEqual({ train: 'new' });
  expect(set.branches.map(({ template }) => template)).toEqual(['dev']);
});

it('knows by which way a component came, and what it replaces', async () => {
  const set = await read({
    base: `${HEAD}components: [Cite, Echo]\n`,
    middle: 'version: 1\nextends: [base]\n',
    a: 'version: 1\nextends: [middle]\ncomponents: [{ name: Echo, tag: "1" }]\n',
  });
  const [cite, echo] = set.components;
  expect(cite?.origin).toMatchObject({
    set: 'base',
    at: { line: 4, column: 14 },
    via: [
      { set: 'a', extends: 'middle', at: { line: 2, column: 11 } },
      { set: 'middle', extends: 'base', at: { line: 2, column: 11 } },
    ],
  });
  expect(echo?.origin).toMatchObject({ set: 'a', via: [], replaces: { set: 'base', at: { line: 4, column: 20 } } });
});

it('takes a component from a source by its name, the one that the set chose, or one of its kind', async () => {
  const set = await read({
    a: `version: 1
branches: [master]
source: wikimedia
sources:
  skin: https://s/{name}
  smw: { extension: 'https://github.com/SemanticMediaWiki/{name}' }
components:
  - core
  - Cite
  - skins/Vector
  - { name: SemanticMediaWiki, source: smw }
  - { name: VisualEditor/VisualEditor, path: extensions/VisualEditor/lib/ve }
`,
  });
  expect(set.components.map(({ url, gerrit }) => [url, gerrit])).toEqual([
    ['https://gerrit.wikimedia.org/r/mediawiki/core', 'https://gerrit.wikimedia.org/r/'],
    ['https://gerrit.wikimedia.org/r/mediawiki/extensions/Cite', 'https://gerrit.wikimedia.org/r/'],
    ['https://s/Vector', undefined],
    ['https://github.com/SemanticMediaWiki/SemanticMediaWiki', undefined],
    ['https://gerrit.wikimedia.org/r/VisualEditor/VisualEditor', 'https://gerrit.wikimedia.org/r/'],
  ]);
});

it("takes Wikimedia's Gerrit for a set named wikimedia-* that gives no source, and only for its own components", async () => {
  const sets = {
    'wikimedia-x': 'version: 1\nextends: [other]\nbranches: [master]\ncomponents: [core]\n',
    other: `${HEAD}components: [Cite]\n`,
    plain: 'version: 1\nbranches: [master]\ncomponents: [Cite]\n',
  };
  const set = await read(sets, 'wikimedia-x');
  expect(urlOf(set, 'core')).toBe('https://gerrit.wikimedia.org/r/mediawiki/core');
  expect(urlOf(set, 'Cite')).toBe('https://e/Cite');
  expect(await mistakes(sets, 'plain')).toEqual([
    'resolve/no-source plain.yaml:3:14 the set does not say where "Cite" comes from | add under sources: extension: https://.../{name}',
  ]);
});

it('moves what it inherits to a source of its own, and never what stands beside that', async () => {
  const sets = {
    one: 'version: 1\nbranches: [master]\nsources: { extension: "https://one/{name}", gerrit: "https://one" }\ncomponents: [Cite]\n',
    two: 'version: 1\nbranches: [master]\nsources: { extension: "https://two/{name}" }\ncomponents: [Echo]\n',
    a: 'version: 1\nextends: [one, two]\n',
    moved: 'version: 1\nextends: [a]\nsources: { extension: "https://three/{name}" }\n',
  };
  const from = async (name: string) => (await read(sets, name)).components.map(({ url, gerrit }) => [url, gerrit]);
  expect(await from('a')).toEqual([
    ['https://one/Cite', 'https://one/'],
    ['https://two/Echo', undefined],
  ]);
  expect(await from('moved')).toEqual([
    ['https://three/Cite', undefined],
    ['https://three/Echo', undefined],
  ]);
});

it('points at a source that nobody declared', async () => {
  const sources = 'sources: { smw: { extension: "https://smw/{name}" } }\n';
  const a = `version: 1\nbranches: [master]\nsource: wikimedai\n${sources}components:\n  - { name: Cite, source: smv }\n`;
  expect(await mistakes({ a })).toEqual([
    'resolve/unknown-source a.yaml:3:9 no source "wikimedai" | did you mean wikimedia?',
    'resolve/unknown-source a.yaml:6:27 no source "smv" | did you mean smw?',
  ]);
  expect(await mistakes({ a: `${HEAD.replace('extension:', 'extesion:')}components: [skins/Vector]\n` })).toEqual([
    'yaml/wrong-value a.yaml:3:22 "sources.extesion": expected a map, found "https://e/{name}" | did you mean extension?',
  ]);
});

it('says what is unsafe in urls, refs and mounts, all at once', async () => {
  const components = `components:
  - { name: A, url: 'ext::sh -c id' }
  - { name: B, url: '-uhttps://b' }
  - { name: C, path: ../etc, url: https://c/r }
  - { name: D, path: /etc, url: https://d/r }
  - { name: E, path: lib/.git/hooks, url: https://e/r }
  - { name: F, branch: --upload-pack=id }
  - { name: G, branches: [master, 'a..b'] }
  - extensions/../H
  - { name: I, url: 'file://etc/i' }
`;
  const found = (await mistakes({ a: HEAD + components })).map((one) => one.replace(/ \|.*/, ''));
  expect(found).toEqual([
    'resolve/unsafe-url a.yaml:5:21 "ext::sh -c id" is no url to fetch from: it holds a space',
    'resolve/unsafe-url a.yaml:6:21 "-uhttps://b" is no url to fetch from: git would take it for an option',
    'resolve/unsafe-path a.yaml:7:22 "../etc" is no path inside a tree: it leaves the tree',
    'resolve/unsafe-path a.yaml:8:22 "/etc" is no path inside a tree: it is absolute, or a part of it is empty',
    'resolve/unsafe-path a.yaml:9:22 "lib/.git/hooks" is no path inside a tree: it reaches into the folder of git',
    'resolve/unsafe-ref a.yaml:10:24 "--upload-pack=id" is no name of a ref: git would take it for an option',
    'resolve/unsafe-ref a.yaml:11:35 "a..b" is no name of a ref: it means something else to git',
    'resolve/wrong-component a.yaml:12:5 "extensions/../H" is no name of a component',
    'resolve/unsafe-url a.yaml:13:21 "file://etc/i" is no url to fetch from: a file url has three slashes',
  ]);
});

it('names components that are in each other’s way', async () => {
  const components = `components:
  - Cite
  - cite
  - { name: lib, path: extensions/Cite, url: https://lib/r }
  - { name: inc, path: includes/inc, url: https://inc/r }
  - { name: ven, path: vendor/ven, url: https://ven/r }
  - { name: sub, path: extensions/Cite/lib/sub, url: https://sub/r }
  - { name: Nested, kind: extension, path: extensions/Cite/Nested, url: https://nested/r }
`;
  expect(await mistakes({ a: HEAD + components })).toEqual([
    'resolve/two-spellings a.yaml:6:5 "cite" and "Cite" are one component in two spellings | keep the spelling of its repo, and remove the other: a.yaml:5',
    'resolve/same-path a.yaml:7:13 lib would be mounted at "extensions/Cite", where Cite is | give one of the two another path: a.yaml:5',
    'resolve/reserved-path a.yaml:8:13 inc would be mounted at "includes/inc", in a folder of core’s own | give it another path',
    'resolve/reserved-path a.yaml:9:13 ven would be mounted at "vendor/ven", in a folder of core’s own | give it another path',
    'resolve/reserved-path a.yaml:11:13 Nested would be mounted at "extensions/Cite/Nested", in the folder of Cite | give it another path',
  ]);
});

it('refuses a kind that the name denies, two pins, a set without components, a name that is a path, and a huge file', async () => {
  const components = `components:
  - { name: skins/Vector, kind: extension }
  - { name: Cite, branch: a, branches: [b] }
  - { name: core, path: lib/core }
  - { name: Lib, kind: library, url: https://lib/r }
`;
  expect(await mistakes({ a: HEAD + components })).toEqual([
    'resolve/wrong-component a.yaml:5:13 "skins/Vector" is a skin, and its kind says extension | write core, vendor, an extension as Cite, a skin as skins/Vector',
    'resolve/wrong-component a.yaml:6:13 "Cite" is pinned to a branch and to branches | keep one of them',
    'resolve/wrong-component a.yaml:7:13 "core" can\'t be at "lib/core": MediaWiki looks for it elsewhere | write core, vendor, an extension as Cite, a skin as skins/Vector',
    'resolve/wrong-component a.yaml:8:13 "Lib" is a library: say at which path | write core, vendor, an extension as Cite, a skin as skins/Vector',
  ]);
  expect(await mistakes({ a: HEAD })).toEqual([
    'resolve/empty-set a.yaml:1:1 "a" has no component | list some under components:, core first',
  ]);
  expect(await mistakes({ a: `${HEAD}extends: [../b, b/c]\n` })).toEqual([
    'resolve/wrong-set-name a.yaml:4:11 "../b" is no name of an extension set: a path, or what looks like one | write demo for extension-sets/demo.yaml',
    'resolve/wrong-set-name a.yaml:4:17 "b/c" is no name of an extension set: a path, or what looks like one | write demo for extension-sets/demo.yaml',
  ]);
  const [huge] = await mistakes({ a: `${HEAD}# ${'x'.repeat(1_000_000)}\n` });
  expect(huge).toMatch(/^resolve\/huge-file a.yaml:1:1 .* a list of components at most 1000000 \|/);
});

it('tells where a set asks for a version or a change, and keeps what several sets ask for', async () => {
  const set = await read({
    base: `${HEAD}requires: { MediaWiki: '>= 1.43', php: '>= 8.1' }\npatches: [1099123, 5/2]\ncomponents: [Cite]\n`,
    a: "version: 1\nextends: [base]\nrequires: { MediaWiki: '>= 1.44' }\npatches:\n  - 5/3\n",
  });
  expect(set.requires.map(({ what, constraint, set: by, at }) => [what, constraint, by, at.line, at.column])).toEqual([
    ['MediaWiki', '>= 1.43', 'base', 4, 24],
    ['php', '>= 8.1', 'base', 4, 40],
    ['MediaWiki', '>= 1.44', 'a', 3, 24],
  ]);
  expect(set.patches.map(({ change, patchset, at }) => [change, patchset, at.line])).toEqual([
    [1099123, undefined, 5],
    [5, 3, 5],
  ]);
  expect(await mistakes({ a: `${HEAD}patches: [abc]\n` })).toEqual([
    'yaml/wrong-value a.yaml:4:11 "patches.0": write a change as 1099123 or 1099123/4 | ',
  ]);
});

/** A set in memory, that extends others. */
function node(set: string, text: string, parents: readonly SetNode[] = []): SetNode {
  const document = parseYaml(`${set}.yaml`, `version: 1\nbranches: [master]\nsource: wikimedia\n${text}`, setSchema);
  if (!document.ok) throw new Error(told(document).join('\n'));
  const at = document.value.at([]);
  return { set, document: document.value, parents: parents.map((parent) => ({ node: parent, at })) };
}

const list = (names: readonly string[]): string => `components: [${names.join(', ')}]\n`;
const someNames = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D', 'E', 'skins/F'), { minLength: 1 });
function componentsOf(root: SetNode): Map<string, string> {
  const merged = mergeSets(root);
  if (!merged.ok) throw new Error(told(merged).join('\n'));
  return new Map(merged.value.components.map(({ name, pin }) => [name, pin?.name ?? '']));
}

it('has what any set that it extends has, in whatever order they stand', () => {
  fc.assert(
    fc.property(someNames, someNames, someNames, (first, second, third) => {
      const parents = [first, second, third].map((names, index) => node(`p${index}`, list(names)));
      const forwards = componentsOf(node('a', '', parents));
      const backwards = componentsOf(node('a', '', parents.toReversed()));
      expect([...forwards.keys()].toSorted()).toEqual([...backwards.keys()].toSorted());
      expect(new Set(forwards.keys())).toEqual(new Set([...first, ...second, ...third]));
    }),
  );
});

it('has none of what it removes but what it lists itself, whose pins are its own', () => {
  fc.assert(
    fc.property(someNames, someNames, fc.func(fc.boolean()), (inherited, own, isRemoved) => {
      const removed = inherited.filter((name) => isRemoved(name));
      const pinned = `components: [${own.map((name) => `{ name: ${name}, branch: own }`).join(', ')}]\n`;
      const merged = componentsOf(
        node('a', `remove: [${removed.join(', ')}]\n${pinned}`, [node('base', list(inherited))]),
      );
      const expected = new Map(inherited.filter((name) => !removed.includes(name)).map((name) => [name, '']));
      for (const name of own) expected.set(name, 'own');
      expect(new Map([...merged].toSorted())).toEqual(new Map([...expected].toSorted()));
    }),
  );
});

it('merges a hundred sets that extend each other twice in no time', () => {
  let last = node('s0', list(['A']));
  for (let index = 1; index < 100; index += 1) last = node(`s${index}`, '', [last, node(`t${index}`, '', [last])]);
  expect([...componentsOf(last).keys()]).toEqual(['A']);
});
