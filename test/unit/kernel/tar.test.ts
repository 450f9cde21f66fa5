/** The tar that we write is read back by the machine's own tar. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAR_END, tarHeader, tarPadding, type TarEntry } from '../../../src/kernel/tar.ts';

function archive(entries: readonly (TarEntry & { readonly data?: Buffer })[]): Buffer {
  const parts = entries.flatMap(({ data = Buffer.alloc(0), ...entry }) => [
    tarHeader(entry),
    data,
    tarPadding(data.length),
  ]);
  return Buffer.concat([...parts, TAR_END]);
}

function tar(args: readonly string[], input: Buffer): Buffer {
  const { stdout, stderr, status } = spawnSync('tar', [...args, '-f', '-'], {
    input,
    maxBuffer: 1e8,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

const name = fc.stringMatching(/^[a-zA-Z0-9 _äß漢é-]{1,60}$/).filter((text) => !text.startsWith('-'));
const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));

describe('tar', () => {
  it('is read back by the machine’s tar, whatever the length and letters of names', () => {
    fc.assert(
      fc.property(path, fc.string({ maxLength: 1500 }), fc.integer({ min: 1, max: 2 ** 32 }), (file, text, mtime) => {
        const data = Buffer.from(text);
        const made = archive([{ kind: 'file', path: file, bytes: data.length, mtime, data }]);
        expect(tar(['--quoting-style=literal', '-t'], made).toString()).toBe(`${file}\n`);
        expect(tar(['-x', '-O'], made)).toEqual(data);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps kinds, modes, owners, times and the targets of links', () => {
    const listed = tar(
      ['-tv', '--numeric-owner', '--full-time'],
      archive([
        { kind: 'directory', path: 'a', mtime: 315532800 },
        { kind: 'file', path: 'a/run', executable: true, bytes: 0, mtime: 1e9 },
        { kind: 'file', path: 'a/read', bytes: 3, mtime: 1e9, data: Buffer.from('abc') },
        { kind: 'symlink', path: 'a/link', target: `../${'x'.repeat(120)}`, mtime: 1e9 },
      ]),
    ).toString();
    expect(listed.replaceAll(/ +/g, ' ')).toBe(
      [
        'drwxr-xr-x 0/0 0 1980-01-01 00:00:00 a/',
        '-rwxr-xr-x 0/0 0 2001-09-09 01:46:40 a/run',
        '-rw-r--r-- 0/0 3 2001-09-09 01:46:40 a/read',
        `lrwxrwxrwx 0/0 0 2001-09-09 01:46:40 a/link -> ../${'x'.repeat(120)}`,
        '',
      ].join('\n'),
    );
  });

  it('needs no extension for a name of 100 letters, nor for one that can be cut at a slash', () => {
    const sizeOf = (file: string): number => tarHeader({ kind: 'file', path: file, bytes: 0, mtime: 1 }).length;
    expect(sizeOf('x'.repeat(100))).toBe(512);
    expect(sizeOf(`${'d'.repeat(155)}/${'x'.repeat(100)}`)).toBe(512);
    expect(sizeOf('x'.repeat(101))).toBe(3 * 512);
    expect(sizeOf('ä')).toBe(3 * 512);
  });
});
