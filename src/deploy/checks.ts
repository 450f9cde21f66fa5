/** What a release must answer through the router, by pin, before any user gets it. */
import { quote } from '../kernel/diagnostic.ts';
import type { Page } from './ports.ts';

export interface Check {
  readonly name: string;
  readonly path: string;
  /** What is wrong with the answer, or undefined. */
  readonly problem: (page: Page) => string | undefined;
}

export interface CheckedRelease {
  readonly release: number;
  readonly slot: string;
  readonly bundle: string;
  /** MW_VERSION. */
  readonly mediawiki: string;
}

/** An api answer, a page, what Special:Version says, the scripts; each from this release with this bundle. */
export function checksOf(release: CheckedRelease): Check[] {
  const version = `MediaWiki ${release.mediawiki}`;
  return [
    {
      name: 'api siteinfo',
      path: '/api.php?action=query&meta=siteinfo&format=json',
      problem: (page) => comesFrom(page, release) ?? contains(page, `"generator":${JSON.stringify(version)}`),
    },
    {
      name: 'a page',
      path: '/index.php?title=MediaWiki:Mainpage&uselang=en',
      problem: (page) => comesFrom(page, release) ?? contains(page, '</html>'),
    },
    {
      name: 'Special:Version',
      path: '/index.php?title=Special:Version&uselang=en',
      problem: (page) => comesFrom(page, release) ?? contains(page, release.mediawiki),
    },
    {
      name: 'startup scripts',
      path: '/load.php?lang=en&modules=startup&only=scripts&raw=1&skin=vector',
      problem: (page) => comesFrom(page, release) ?? contains(page, 'mw.loader'),
    },
  ];
}

function comesFrom({ status, headers, body }: Page, { release, slot, bundle }: CheckedRelease): string | undefined {
  if (status !== 200)
    return `answered ${status}: ${quote(
      body
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )}`;
  const wanted = { 'x-mwpipe-release': String(release), 'x-mwpipe-slot': slot, 'x-mwpipe-bundle': bundle };
  const wrong = Object.entries(wanted).find(([name, value]) => headers[name] !== value);
  return wrong === undefined
    ? undefined
    : `${wrong[0]} is ${quote(headers[wrong[0]] ?? 'missing')}, not ${quote(wrong[1])}`;
}

function contains({ body }: Page, text: string): string | undefined {
  return body.includes(text) ? undefined : `${quote(text)} is not in the answer`;
}
