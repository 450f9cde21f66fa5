import { expect, it } from 'vitest';
import { explain } from '../../../../src/adapters/git/explain.ts';

/** What git 2.39 and 2.47 said, word for word. */
it.each([
  ["fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository.", 'no-such-repo'],
  ["fatal: repository 'https://e/x/' not found", 'no-such-repo'],
  ["fatal: unable to access 'https://e/x/': Could not resolve host: e", 'remote-gone'],
  [
    "fatal: unable to access 'https://e/x/': Failed to connect to e port 443 after 1 ms: Couldn't connect to server",
    'remote-gone',
  ],
  ["fatal: could not read Username for 'https://e': terminal prompts disabled", 'needs-login'],
  ['git@e: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'needs-login'],
  ['fatal: remote error: upload-pack: not our ref 1111', 'no-such-commit'],
  ["fatal: couldn't find remote ref refs/heads/x", 'no-such-commit'],
  [
    'error: RPC failed; curl 28 Operation too slow. Less than 1000 bytes/sec transferred the last 60 seconds',
    'timeout',
  ],
  ['block timeout reached', 'timeout'],
  ['error: Server does not allow request for unadvertised object 1111', 'no-such-commit'],
  ['fatal: early EOF\nfatal: fetch-pack: invalid index-pack output', 'broken-answer'],
  ['error: RPC failed; curl 18 transfer closed with outstanding read data remaining', 'broken-answer'],
  ["fatal: unable to access 'https://e/x/': The requested URL returned error: 301", 'redirected'],
  ["fatal: unable to access 'https://e/x/': The requested URL returned error: 500", 'remote-gone'],
  ['fatal: dumb http transport does not support shallow capabilities', 'not-git'],
  ['fatal: remote error: access denied or repository not exported: /x', 'no-such-repo'],
  ['fatal: the remote end hung up unexpectedly', 'remote-gone'],
  ['git: not found', 'missing'],
  ['fatal: something new', 'failed'],
])('%s', (stderr, code) => {
  expect(explain(stderr, 'https://e/x')).toMatchObject({ code: `git/${code}`, exit: 'outside' });
});

it('never shows a password', () => {
  const diagnostic = explain("fatal: bad thing at 'https://me:secret@e/x'", 'https://me:secret@e/x');
  expect(JSON.stringify(diagnostic)).not.toContain('secret');
});
