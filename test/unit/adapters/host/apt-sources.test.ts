import { describe, expect, it } from 'vitest';
import { aptSources, debianArchive } from '../../../../src/adapters/host/apt-sources.ts';

const listing = [
  'Google\tgoogle\tmain\thttps://packages.example.test/apt/',
  'Debian\tDebian\tcontrib\thttp://other.example.test/debian/',
  'Debian\tDebian\tmain\thttp://mirror.example.test/debian/',
  'Debian\tDebian-Security\tmain\thttp://mirror.example.test/debian-security/',
].join('\n');

describe('the Debian archive of the machine', () => {
  it('is the one that its own apt uses, with the security suites', () => {
    const archive = {
      main: 'http://mirror.example.test/debian/',
      security: 'http://mirror.example.test/debian-security/',
    };
    expect(debianArchive(listing)).toEqual({ ok: true, value: archive });
    const sources = aptSources(archive, 'bookworm');
    expect(sources).toContain('Suites: bookworm bookworm-updates\n');
    expect(sources).toContain('Suites: bookworm-security\n');
    expect(sources.match(/Signed-By: .*debian-archive-keyring/g)).toHaveLength(2);
  });

  it('may have no security suite of its own, as a mirror without one', () => {
    expect(debianArchive(listing.split('\n').slice(0, 3).join('\n'))).toMatchObject({ value: { security: undefined } });
  });

  it.each(['', 'Ubuntu\tUbuntu\tmain\thttp://x.test/ubuntu/', 'Debian\tDebian\tmain\tcdrom:/debian/'])(
    'is missed with a hint in %j',
    (text) => {
      expect(debianArchive(text)).toMatchObject({ ok: false, diagnostics: [{ code: 'build/base-no-archive' }] });
    },
  );
});
