/** What is refused in what a set hands to git and to the image: unsafe urls, refs and mounts. */

/** Why git may not be given this url; undefined where it may. */
export function unsafeUrl(url: string): string | undefined {
  if (url.startsWith('-')) return 'would be read as an option';
  if (/^[a-z0-9+.-]+::/i.test(url)) return 'would run a program of its own (a git remote helper)';
  if (/[\s\p{Cc}]/u.test(url) || url === '') return 'is no url';
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return /^[\w.-]+@[\w.-]+:(?!\/?\.\.)[\w./~-]+$/.test(url) ? undefined : 'is no url';
  if (!['https', 'http', 'ssh', 'git', 'file'].includes(scheme)) return `has the scheme ${scheme}, which is not taken`;
  if (/^[a-z+]+:\/\/([^/]*@)?-/i.test(url)) return 'has a host that would be read as an option';
  return /(^|\/)\.\.?(\/|$)/.test(url) ? 'climbs out of its folder' : undefined;
}

/** Why this is no name of a branch or tag; git's own rules (git-check-ref-format), and no option. */
export function unsafeRef(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.startsWith('-')) return 'would be read as an option';
  const refused = /[\s\p{Cc}~^:?*[\\\x7f]|\.\.|@\{|\/\/|^\/|\/$|\.$|^@$|(^|\/)\.|\.lock(\/|$)/u;
  return refused.test(name) ? 'is no name that git takes for a branch or tag' : undefined;
}

/** Why nothing may be mounted here; `''` is core's own place. */
export function unsafePath(path: string): string | undefined {
  if (path.startsWith('/')) return 'is absolute: mounts are below MediaWiki';
  if (/[\p{Cc}\\]/u.test(path) || path.length > 200) return 'is no path of a mount';
  const segments = path.split('/');
  if (segments.some((one) => one === '..' || one === '.' || one === ''))
    return 'leaves MediaWiki, or says a folder twice';
  return segments.some((one) => /^(\.git|git~1)$/i.test(one)) ? 'is inside git’s own folder' : undefined;
}
