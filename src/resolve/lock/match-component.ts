/** Which component of a lock a checkout is: by its remote's url, else by the name that its extension.json registers. */
import type { LockedComponent, Lockfile } from './lockfile.ts';
import type { WorkTreeIdentity } from '../ports.ts';

export function matchComponent(
  lock: Lockfile,
  { remoteUrl, registered }: Pick<WorkTreeIdentity, 'remoteUrl' | 'registered'>,
): LockedComponent | undefined {
  const byUrl = lock.components.find(({ url }) => remoteUrl !== undefined && sameRepo(url, remoteUrl));
  return byUrl ?? lock.components.find((one) => registered !== undefined && one.registered === registered);
}

/** Gerrit serves one repo by many urls: https with and without /a/ and a user, ssh with a port. */
function sameRepo(a: string, b: string): boolean {
  return bareUrl(a) === bareUrl(b);
}

export function bareUrl(url: string): string {
  return url
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):\d+\//, '$1/')
    .replace(/^([^/:]+):/, '$1/')
    .replace(/\/(?:r\/)?(?:a\/)?(mediawiki\/)/, '/$1')
    .replace(/(\.git)?\/*$/, '');
}
