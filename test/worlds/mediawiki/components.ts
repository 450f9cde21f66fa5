/** Which repo a file of the release tarball belongs to: Gerrit's repos, found again in one tree. */

export interface Placed {
  /** `core`, `vendor`, `extensions/Cite`, `skins/Vector`: the remote is `mediawiki/<component>.git`. */
  readonly component: string;
  readonly path: string;
}

/** @param path inside the tarball, its top folder included; undefined for what is no file of a repo */
export function placeFile(path: string): Placed | undefined {
  const [, ...parts] = path.split('/');
  const [first, second, ...rest] = parts;
  if (first === undefined || first === '') return undefined;
  if (first === 'vendor' && second !== undefined) return { component: 'vendor', path: [second, ...rest].join('/') };
  if ((first === 'extensions' || first === 'skins') && second !== undefined && rest.length > 0) {
    return { component: `${first}/${second}`, path: rest.join('/') };
  }
  return { component: 'core', path: parts.join('/') };
}

/** Files that a second commit brings, as in the real repos: translations, and the libraries of vendor. */
export function comesLater({ component, path }: Placed): boolean {
  if (component === 'vendor') return !/^composer(\/|\.)|^[^/]+$/.test(path);
  return /(^|\/)i18n\/.*\.json$/.test(path) && !/\/(en|qqq)\.json$/.test(path);
}
