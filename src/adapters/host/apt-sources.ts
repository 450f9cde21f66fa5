/** Where this machine's own apt gets Debian from: a runtime's base comes from the same archive, so no host is ours. */
import { fail, ok, type Outcome } from '../../kernel/outcome.ts';

export interface DebianArchive {
  readonly main: string;
  /** undefined: the machine uses none. */
  readonly security: string | undefined;
}

/** What `apt-get indextargets` is asked for, tab-separated. */
export const INDEX_FORMAT = '$(ORIGIN)\t$(LABEL)\t$(COMPONENT)\t$(REPO_URI)';

export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** @param listing what `apt-get indextargets --format INDEX_FORMAT` prints */
export function debianArchive(listing: string): Outcome<DebianArchive> {
  const targets = listing.split('\n').map((line) => line.split('\t'));
  const uriOf = (wanted: string): string | undefined =>
    targets.find(([origin, label, component, uri]) => {
      return origin === 'Debian' && label === wanted && component === 'main' && /^https?:/.test(uri ?? '');
    })?.[3];
  const main = uriOf('Debian');
  if (main !== undefined) return ok({ main, security: uriOf('Debian-Security') });
  return fail({
    code: 'build/base-no-archive',
    message: "this machine's apt knows no Debian archive (http or https, component main)",
    hint: 'on Debian: apt-get update; elsewhere build on a Debian machine, or copy its cache folder here',
    exit: 'outside',
  });
}

/** The base's own /etc/apt/sources.list.d: the release, its updates and its security fixes, all signed by Debian. */
export function aptSources(archive: DebianArchive, release: string): string {
  const stanza = (uri: string, suites: string): string =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: ${KEYRING}\n`;
  const security = archive.security === undefined ? [] : [stanza(archive.security, `${release}-security`)];
  return [stanza(archive.main, `${release} ${release}-updates`), ...security].join('\n');
}
