/** Where a repository is, and which addresses may be asked for it: plain HTTP only on this machine or where it was allowed. */

export interface Endpoint {
  /** `registry.example.org:5000` */
  readonly host: string;
  /** `mediawiki/wiki` */
  readonly path: string;
  /** `https://registry.example.org:5000` */
  readonly origin: string;
  /** Plain HTTP to this host was allowed. */
  readonly insecure: boolean;
}

/** @param repository `host[:port]/path`, checked when mwpipe.yaml was read */
export function endpointOf(repository: string, insecure: boolean): Endpoint {
  const slash = repository.indexOf('/');
  const host = repository.slice(0, slash);
  const plain = insecure || isLoopback(new URL(`http://${host}`).hostname);
  return {
    host,
    path: repository.slice(slash + 1),
    origin: new URL(`${plain ? 'http' : 'https'}://${host}`).origin,
    insecure,
  };
}

/** Of an address that a server named: a redirect, the place of an upload, a token service. */
export function mayAsk(url: URL, { origin, insecure }: Endpoint): boolean {
  if (url.protocol === 'https:') return true;
  if (url.protocol !== 'http:') return false;
  return isLoopback(url.hostname) || (insecure && url.host === new URL(origin).host);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** An address as messages show it: its query may hold a signature or a token. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
