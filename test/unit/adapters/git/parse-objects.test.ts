/** Tree and commit objects as bytes: odd modes, odd names, both lengths of ids, what breaks off. */
import { expect, it } from 'vitest';
import { parseCommit, pointerOf } from '../../../../src/adapters/git/parse-commit.ts';
import { parseTree } from '../../../../src/adapters/git/parse-tree.ts';

const entry = (mode: string, name: string | Buffer, id: string): Buffer =>
  Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(id, 'hex')]);

it('reads modes that git no longer writes as what they are', () => {
  const id = 'ab'.repeat(20);
  const modes = ['40000', '040000', '100644', '100664', '100755', '120000', '160000'];
  const items = parseTree(Buffer.concat(modes.map((mode, at) => entry(mode, `f${at}`, id))), 20);
  expect(items.map(({ mode }) => mode)).toEqual(['tree', 'tree', '100644', '100644', '100755', '120000', '160000']);
  expect(new Set(items.map(({ oid }) => oid))).toEqual(new Set([id]));
});

it('reads the longer ids of sha256 repos', () => {
  const id = 'cd'.repeat(32);
  expect(parseTree(entry('100644', 'a b\nc', id), 32)).toEqual([
    { mode: '100644', name: 'a b\nc', oid: id, odd: false },
  ]);
});

it('marks a name that is no UTF-8, and not one that has the replacement character itself', () => {
  const id = '00'.repeat(20);
  const items = parseTree(
    Buffer.concat([entry('100644', Buffer.from([0x66, 0xe4]), id), entry('100644', '\uFFFD', id)]),
    20,
  );
  expect(items.map(({ odd }) => odd)).toEqual([true, false]);
});

it('refuses a tree that breaks off', () => {
  expect(() => parseTree(entry('100644', 'a', 'ab'.repeat(19)), 20)).toThrow('breaks off');
});

const commit = (message: string, more = ''): Buffer =>
  Buffer.from(
    `tree ${'1'.repeat(40)}\nparent ${'2'.repeat(40)}\nparent ${'3'.repeat(40)}\n` +
      `author A <a@b.example> 1728259200 +0200\ncommitter B <b@b.example> 1728259260 -0330\n${more}\n${message}`,
    'latin1',
  );

it('reads a commit: parents, times, the subject of several lines as one', () => {
  const signed = 'gpgsig -----BEGIN PGP SIGNATURE-----\n tree abc\n \n parent x\n -----END PGP SIGNATURE-----\n';
  expect(parseCommit(commit('one\ntwo\n\nBug: T1\n', signed))).toEqual({
    tree: '1'.repeat(40),
    parents: ['2'.repeat(40), '3'.repeat(40)],
    subject: 'one two',
    message: 'one\ntwo\n\nBug: T1\n',
    authored: 1_728_259_200_000,
    committed: 1_728_259_260_000,
  });
});

it('reads a message in the encoding that it names', () => {
  expect(parseCommit(commit('Gr\u00fc\u00dfe\n', 'encoding ISO-8859-1\n'))?.subject).toBe('Grüße');
  expect(parseCommit(commit('plain\n', 'encoding nobody-knows\n'))?.subject).toBe('plain');
});

it('takes no commit without an author, and no pointer without an id', () => {
  expect(parseCommit(Buffer.from(`tree ${'1'.repeat(40)}\n\nx`))).toBeUndefined();
  expect(pointerOf(Buffer.from(`object ${'1'.repeat(40)}\ntype commit\n`))).toBe('1'.repeat(40));
  expect(() => pointerOf(Buffer.from('nothing\n'))).toThrow('without a tree');
});
