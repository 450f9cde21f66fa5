/** Package URLs, the names by which scanners know what is in an image: https://github.com/package-url/purl-spec */

/** A git repo at a commit: GitHub's have a type of their own, others say where git finds them. */
export function gitPurl({
  name,
  url,
  commit,
}: {
  readonly name: string;
  readonly url: string;
  readonly commit: string;
}) {
  const github = /^https:\/\/github\.com\/([^/]+)\/([^/]+?)(\.git)?\/?$/.exec(url);
  if (github !== null) return `pkg:github/${part(github[1]).toLowerCase()}/${part(github[2]).toLowerCase()}@${commit}`;
  const vcs = encodeURIComponent(`git+${url}@${commit}`).replaceAll('%2F', '/').replaceAll('%3A', ':');
  return `pkg:generic/${part(name.split('/').at(-1))}@${commit}?vcs_url=${vcs}`;
}

/** `pkg:composer/wikimedia/css-sanitizer@5.5.0` */
export function composerPurl(name: string, version: string): string {
  return `pkg:composer/${name.split('/').map(part).join('/').toLowerCase()}@${part(version)}`;
}

/** `pkg:npm/%40wikimedia/codex@1.14.0` */
export function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name.split('/').map(part).join('/')}@${part(version)}`;
}

export interface DebianName {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** `debian-12` */
  readonly distro: string;
}

/** `pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12` */
export function debianPurl({ name, version, architecture, distro }: DebianName): string {
  return `pkg:deb/debian/${part(name)}@${part(version)}?arch=${part(architecture)}&distro=${part(distro)}`;
}

/** The spec leaves colons as they are, and wants all else encoded that isn't a letter, a digit or one of `.-_~`. */
function part(text = ''): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}
