import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PatchTreeEntry } from '../../../../src/resolve/security/patch-tree.ts';
import { planPatches, type PlanRequest } from '../../../../src/resolve/security/plan-patches.ts';

/** Files of a tree, with the folders above them. */
function tree(...files: readonly (string | PatchTreeEntry)[]): PatchTreeEntry[] {
  const entries = files.map((file) =>
    typeof file === 'string' ? { path: file, type: 'file' as const, bytes: 1 } : file,
  );
  const folders = new Set(
    entries.flatMap(({ path }) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, at, parts) => parts.slice(0, at + 1).join('/')),
    ),
  );
  return [...[...folders].map((path) => ({ path, type: 'folder' as const, bytes: 0 })), ...entries];
}

const plan = (entries: readonly PatchTreeEntry[], request: Partial<PlanRequest> = {}) =>
  planPatches(entries, { mediawiki: '1.43.0-wmf.9', ...request });

/** Paths in order, or codes of what is wrong. */
function planned(entries: readonly PatchTreeEntry[], request: Partial<PlanRequest> = {}): string[] {
  const found = plan(entries, request);
  return found.ok ? found.value.patches.map(({ path }) => path) : found.diagnostics.map(({ code }) => code);
}

const taken = (entries: readonly PatchTreeEntry[], request: Partial<PlanRequest> = {}) => {
  const found = plan(entries, request);
  return found.ok ? [found.value.version, found.value.because] : found.diagnostics.map(({ code }) => code);
};

it('takes the folder of the version, whole and in order', () => {
  const entries = tree(
    '1.43.0-wmf.9/vendor/01-T1.patch',
    '1.43.0-wmf.9/core/10-T2.patch',
    '1.43.0-wmf.9/core/9-T3.patch',
    '1.43.0-wmf.10/core/01-T4.patch',
  );
  expect(planned(entries)).toEqual([
    '1.43.0-wmf.9/core/9-T3.patch',
    '1.43.0-wmf.9/core/10-T2.patch',
    '1.43.0-wmf.9/vendor/01-T1.patch',
  ]);
});

it('says which folder it takes and why', () => {
  const versions = tree('1.43.0-wmf.9/core/01-T1.patch', '1.43.0-wmf.10/core/01-T1.patch');
  expect(taken(versions)).toEqual(['1.43.0-wmf.9', 'it has the version of the set']);
  const none = 'no folder for MediaWiki 1.44.0-alpha';
  expect(taken(versions, { mediawiki: '1.44.0-alpha' })).toEqual(['1.43.0-wmf.10', `${none} and no next: the newest`]);
  const next = [...versions, ...tree('next/core/02-T2.patch.dropped')];
  expect(taken(next, { mediawiki: '1.44.0-alpha' })).toEqual(['next', none]);
  expect(taken(next, { version: '1.43.0-wmf.10' })).toEqual(['1.43.0-wmf.10', 'asked for']);
  expect(taken(next, { version: '1.43.0-wmf.11' })).toEqual(['security/no-version']);
  expect(taken(tree('other/core/01-T1.patch'))).toEqual(['security/no-versions']);
});

it('next is the newest version, without what is dropped, with what is updated and new', () => {
  const entries = tree(
    '1.43.0-wmf.9/core/01-T1.patch',
    '1.43.0-wmf.10/core/02-T2.patch',
    '1.43.0-wmf.10/core/03-T3.patch',
    '1.43.0-wmf.10/extensions/Cite/01-T4.patch',
    'next/core/02-T2.patch.dropped',
    'next/core/03-T3.patch.updated',
    'next/core/04-T5.patch.updated',
    'next/extensions/Cite/01-T4.patch',
    'next/extensions/Cite/09-T9.patch',
  );
  expect(planned(entries, { version: 'next' })).toEqual([
    'next/core/03-T3.patch.updated',
    'next/core/04-T5.patch.updated',
    '1.43.0-wmf.10/extensions/Cite/01-T4.patch',
  ]);
  expect(plan(entries, { version: 'next' })).toMatchObject({ value: { stale: [{ name: '09-T9.patch' }] } });
});

const folder = fc.constantFrom('core', 'vendor', 'extensions/Cite', 'skins/Vector', 'extensions/VisualEditor/lib/ve');
const patch = fc.record({
  folder,
  number: fc.integer({ min: 1, max: 12 }),
  mark: fc.constantFrom('', '.dropped', '.updated'),
});
const nameOf = ({ folder: where, number }: { folder: string; number: number }): string =>
  `${where}/${String(number).padStart(2, '0')}-T${number}.patch`;

it('holds for every newest version and every set of markers', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(patch, { selector: nameOf }),
      fc.uniqueArray(patch, { selector: nameOf }),
      (newest, next) => {
        const marked = new Map(next.map((one) => [nameOf(one), one.mark]));
        const entries = tree(
          ...newest.map((one) => `1.43.0-wmf.10/${nameOf(one)}`),
          '1.43.0-wmf.9/core/99-T99.patch',
          'next/README'.replace('README', 'core/98-T98.patch.dropped'),
          ...next.map((one) => `next/${nameOf(one)}${one.mark}`),
        );
        const found = plan(entries, { version: 'next', allowEmpty: true });
        if (!found.ok) throw new Error(found.diagnostics[0].message);
        const inherits = newest.length === 0 ? ['core/99-T99.patch'] : newest.map(nameOf);
        const expected = new Set([
          ...inherits.filter((name) => marked.get(name) !== '.dropped'),
          ...next.filter(({ mark }) => mark === '.updated').map(nameOf),
        ]);
        const names = found.value.patches.map((one) => `${one.folder}/${one.name}`);
        expect(new Set(names)).toEqual(expected);
        expect(names).toEqual(names.toSorted()); // padded numbers: the order of bytes
        for (const one of found.value.patches) {
          expect(one.path.startsWith('next/')).toBe(marked.get(`${one.folder}/${one.name}`) === '.updated');
        }
      },
    ),
  );
});

it.each([
  ['a name that is none', ['next/core/fix.patch'], 'security/wrong-name'],
  ['a patch without a number', ['next/core/T1.patch'], 'security/wrong-name'],
  ['a patch of nothing', ['next/01-T1.patch'], 'security/wrong-folder'],
  ['an extension without a name', ['next/extensions/01-T1.patch'], 'security/wrong-folder'],
  ['a folder that hides', ['next/core/.git/01-T1.patch'], 'security/wrong-folder'],
  ['a folder that is an option', ['next/extensions/-x/01-T1.patch'], 'security/wrong-folder'],
  ['two markers', ['next/core/01-T1.patch.dropped', 'next/core/01-T1.patch.updated'], 'security/contradiction'],
  ['a marker beside its patch', ['next/core/01-T1.patch.dropped', 'next/core/01-T1.patch'], 'security/contradiction'],
  ['no patch at all', ['next/core/01-T1.patch.dropped'], 'security/no-patches'],
])('refuses %s', (_what, files, code) => {
  expect(planned(tree(...files), { version: 'next' })).toEqual([code]);
});

it('refuses links, pipes, markers outside next, what is empty or huge; all at once, naming none', () => {
  const odd = (path: string, type: PatchTreeEntry['type'], bytes = 1) => ({
    path: `1.43.0-wmf.9/core/${path}`,
    type,
    bytes,
  });
  const entries = tree(
    odd('01-T1.patch', 'symlink'),
    odd('02-T2.patch', 'other'),
    odd('03-T3.patch', 'file', 0),
    odd('04-T4.patch', 'file', 1e9),
    odd('05-T5.patch.dropped', 'file'),
    odd('06-T6.patch', 'file'),
  );
  const found = plan(entries);
  const codes = ['not-a-file', 'not-a-file', 'wrong-size', 'wrong-size', 'misplaced-marker'];
  expect(planned(entries)).toEqual(codes.map((code) => `security/${code}`));
  expect(JSON.stringify(found)).not.toMatch(/T\d/);
  expect(found.ok || found.diagnostics[0].secret?.reveal()).toBe('1.43.0-wmf.9/core/01-T1.patch');
});

it('lets an empty tree pass where that is meant', () => {
  expect(planned(tree('next/core/01-T1.patch.dropped'), { version: 'next', allowEmpty: true })).toEqual([]);
});

it('is not stopped by a mistake in a folder that is not taken', () => {
  expect(planned(tree('1.43.0-wmf.8/core/oops', '1.43.0-wmf.9/core/01-T1.patch'))).toHaveLength(1);
});
