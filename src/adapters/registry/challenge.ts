/** What a registry wants to be shown, as its 401 says: https://distribution.github.io/distribution/spec/auth/token/ */

export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined };

/** Of the header `WWW-Authenticate`; undefined where it is nothing that we know. */
export function readChallenge(header: string | null): Challenge | undefined {
  if (header === null) return undefined;
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/is.exec(header)?.[1];
  if (bearer !== undefined) {
    const values = parametersOf(bearer);
    const realm = values.get('realm');
    return realm === undefined ? undefined : { scheme: 'bearer', realm, service: values.get('service') };
  }
  return /(?:^|,\s*)basic\b/i.test(header) ? { scheme: 'basic' } : undefined;
}

function parametersOf(text: string): Map<string, string> {
  const found = text.matchAll(/([a-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi);
  return new Map(
    [...found].map(([, name = '', quoted, bare = '']) => [
      name.toLowerCase(),
      quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1'),
    ]),
  );
}
