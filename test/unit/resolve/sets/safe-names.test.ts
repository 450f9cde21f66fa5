import { execFileSync } from 'node:child_process';
import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPath, checkRef, checkUrl } from '../../../../src/resolve/sets/safe-names.ts';

describe('a url', () => {
  it.each([
    'https://gerrit.wikimedia.org/r/mediawiki/core',
    'http://127.0.0.1:8080/core.git',
    'https://me:secret@example.org/r/x',
    'ssh://me@gerrit.wikimedia.org:29418/mediawiki/core',
    'git://[::1]:9418/core',
    'file:///srv/git/core',
    'git@github.com:wikimedia/mediawiki.git',
    'https://gerrit.wikimedia.org/r/mediawiki/extensions/%C3%84',
  ])('%s is fine', (url) => {
    expect(checkUrl(url)).toEqual({ ok: true, value: url });
  });

  it.each([
    ['ext::sh -c "touch /tmp/x"', 'space'],
    ['ext::sh%20-c%20x', 'protocol'],
    ['fd::17/foo', 'protocol'],
    ['ext::https://example.org/x', 'protocol'],
    ['--upload-pack=touch', 'option'],
    ['ssh://-oProxyCommand=touch/x', 'option'],
    ['ssh://-oProxyCommand=touch@host/x', 'option'],
    ['ssh://%2doProxyCommand=x/y', 'option'],
    ['-x@host:path', 'option'],
    ['me@-oProxyCommand=x:path', 'option'],
    ['me@host:--upload-pack=x', 'option'],
    ['me@host::path', 'protocol'],
    ['https:///core', 'host'],
    ['https://me@/core', 'host'],
    ['https://example.org/', 'repo'],
    ['file://host/core', 'slashes'],
    ['https://example.org/a\nb', 'control'],
    ['git://example.org/a%0ab', 'control'],
    ['ftp://example.org/core', 'ftp'],
    ['/srv/git/core', 'protocol'],
    ['../core', 'protocol'],
    ['', 'protocol'],
  ])('%s is refused: %s', (url, because) => {
    expect(checkUrl(url)).toMatchObject({
      ok: false,
      diagnostics: [
        { code: 'resolve/unsafe-url', message: expect.stringContaining(because) as string, exit: 'refused' },
      ],
    });
  });

  it('never lets an option or a helper through', () => {
    const words = fc.array(
      fc.constantFrom('ext', ':', '::', '//', '-', 'ssh', 'git', '@', 'host', '/', '%2d', 'x', '\n'),
    );
    fc.assert(
      fc.property(words, (parts) => {
        const url = parts.join('');
        if (!checkUrl(url).ok) return;
        expect(url).not.toMatch(/^-|^[a-z]*::|[\n]|^ssh:\/\/(?:[^/]*@)?(?:-|%2d)/);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a ref', () => {
  it('is what git takes for one, but for those that begin with a dash', () => {
    const part = fc.constantFrom(
      'a',
      'B',
      '.',
      '..',
      '-',
      '/',
      '@',
      '{',
      '.lock',
      '~',
      '^',
      ':',
      ' ',
      '\\',
      '*',
      'é',
      '\t',
      '[',
      '?',
    );
    const refs = fc.sample(fc.array(part, { minLength: 1, maxLength: 6 }), 150).map((parts) => parts.join(''));
    for (const ref of [
      ...refs,
      'master',
      'refs/heads/wmf/1.47.0-wmf.3',
      'refs/changes/23/123/4',
      'a.lock',
      'a/.b',
      '@',
    ]) {
      expect([ref, checkRef(ref).ok]).toEqual([ref, !ref.startsWith('-') && gitTakes(ref)]);
    }
  });

  it('says what is wrong, where', () => {
    const at = { file: 'x.yaml', line: 1, column: 2, length: 3 };
    expect(checkRef('--upload-pack=x', at)).toMatchObject({ diagnostics: [{ code: 'resolve/unsafe-ref', at }] });
  });
});

function gitTakes(ref: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', '--allow-onelevel', ref], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a path', () => {
  it.each(['extension.json', 'lib/ve', 'a b/ä.php', '.gitmodules', '.github/x', 'x.git/y'])('%s is fine', (path) => {
    expect(checkPath(path)).toEqual({ ok: true, value: path });
  });

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a//b',
    './a',
    'a/',
    '.git',
    'a/.GIT/config',
    '.git./x',
    'git~1/x',
    'a\\b',
    'C:/x',
    'a\0b',
    '-rf',
  ])('%j is refused', (path) => {
    expect(checkPath(path)).toMatchObject({ ok: false, diagnostics: [{ code: 'resolve/unsafe-path' }] });
  });

  it('never leaves its tree, nor reaches into .git', () => {
    const words = fc.array(fc.constantFrom('a', '.', '..', '/', '.git', '.GiT', '-', '\\', ' ', '\0'), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(words, (parts) => {
        const path = parts.join('');
        if (!checkPath(path).ok) return;
        expect(posix.join('/tree', path)).toBe(`/tree/${path}`);
        expect(path.toLowerCase().split('/')).not.toContain('.git');
      }),
      { numRuns: 5000 },
    );
  });
});
