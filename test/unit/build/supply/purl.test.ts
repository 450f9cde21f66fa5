import { describe, expect, it } from 'vitest';
import { licencesOf } from '../../../../src/build/supply/licences.ts';
import { composerPurl, debianPurl, gitPurl, npmPurl } from '../../../../src/build/supply/purl.ts';

describe('a package URL', () => {
  it('encodes what the specification wants encoded', () => {
    expect([
      npmPurl('@wikimedia/codex', '1.14.0'),
      composerPurl('Wikimedia/CSS-Sanitizer', '5.5.0'),
      debianPurl({ name: 'libstdc++6', version: '1:12.2.0-14+deb12u1~x', architecture: 'amd64', distro: 'debian-12' }),
      gitPurl({ name: 'Cite', url: 'https://github.com/Wikimedia/Cite', commit: 'abc' }),
      gitPurl({ name: 'skins/Vector', url: 'https://gerrit.example.test/r/a b', commit: 'abc' }),
    ]).toEqual([
      'pkg:npm/%40wikimedia/codex@1.14.0',
      'pkg:composer/wikimedia/css-sanitizer@5.5.0',
      'pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bdeb12u1~x?arch=amd64&distro=debian-12',
      'pkg:github/wikimedia/cite@abc',
      'pkg:generic/Vector@abc?vcs_url=git%2Bhttps://gerrit.example.test/r/a%20b%40abc',
    ]);
  });
});

describe('a licence', () => {
  it.each([
    [['GPL-2.0-or-later'], [{ license: { id: 'GPL-2.0-or-later' } }]],
    [['GPL-2.0+'], [{ license: { id: 'GPL-2.0-or-later' } }]],
    [['MIT OR GPL-3.0'], [{ expression: 'MIT OR GPL-3.0-only' }]],
    [['(MIT AND ISC) OR Zlib'], [{ expression: '(MIT AND ISC) OR Zlib' }]],
    [
      ['MIT', 'BSD'],
      [{ license: { id: 'MIT' } }, { license: { name: 'BSD' } }],
    ],
    [['MIT OR'], [{ license: { name: 'MIT OR' } }]],
    [['(MIT'], [{ license: { name: '(MIT' } }]],
    [['MIT OR ours'], [{ license: { name: 'MIT OR ours' } }]],
    [[' '], []],
  ])('%j is %j', (texts, licences) => {
    expect(licencesOf(texts)).toEqual(licences);
  });
});
