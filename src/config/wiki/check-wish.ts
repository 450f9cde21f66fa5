/** What is wrong with a wish for a wiki, all of it at once, with what to write instead. */
import { quote, type Diagnostic } from '../../kernel/diagnostic.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { WikiFacts } from './wiki-facts.ts';

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const LANGUAGE = /^[a-z][a-z0-9-]{1,34}$/;

export function checkWish(facts: WikiFacts): Diagnostic[] {
  const checks = [checkoutMistake, nameMistake, likeMistake, languageMistake, hostMistakes, overlayMistake];
  return checks.flatMap((check) => check(facts));
}

function checkoutMistake({ checkout }: WikiFacts): Diagnostic[] {
  if (checkout === undefined) return [];
  return [
    {
      code: 'wiki/checkout',
      message: `the overlay ${checkout} reads a checkout, whose wikiversions.json and dblists/ name its wikis`,
      hint: 'add it there, as its own docs say; mwpipe config diff shows what comes of it',
    },
  ];
}

function nameMistake({ wish: { name } }: WikiFacts): Diagnostic[] {
  if (NAME.test(name)) return [];
  const message = `${quote(name)} is no name of a database`;
  return [{ code: 'wiki/bad-name', message, hint: 'a-z, 0-9 and _, as dewikinews' }];
}

function likeMistake({ wish: { like }, farm, only }: WikiFacts): Diagnostic[] {
  const known = [...(farm?.wikis.keys() ?? [only.name])];
  if (like === undefined || known.includes(like)) return [];
  const near = nearest(like, known);
  const hint = near === undefined ? `there are: ${known.slice(0, 9).join(', ')}` : `did you mean ${near}?`;
  return [{ code: 'wiki/unknown', message: `no wiki ${quote(like)} here`, hint }];
}

function languageMistake({ wish: { language } }: WikiFacts): Diagnostic[] {
  if (language === undefined || LANGUAGE.test(language)) return [];
  const message = `${quote(language)} is no language code`;
  return [{ code: 'wiki/bad-language', message, hint: 'as de, zh-hant: see MediaWiki’s Names.php' }];
}

function hostMistakes({ wish, farm }: WikiFacts): Diagnostic[] {
  return (wish.hosts ?? []).flatMap((host): Diagnostic[] => {
    const owner = [...(farm?.wikis.values() ?? [])].find(({ hosts }) => hosts.includes(host));
    if (!HOST.test(host)) {
      const message = `${quote(host)} is no host name`;
      return [{ code: 'wiki/bad-host', message, hint: 'as de.wikinews.example.org: no port, no path' }];
    }
    if (owner === undefined || owner.name === wish.name) return [];
    const message = `${host} is where ${owner.name} answers`;
    return [{ code: 'wiki/host-taken', message, hint: 'give another with --host' }];
  });
}

function overlayMistake({ wish: { overlay }, overlays }: WikiFacts): Diagnostic[] {
  const names = overlays.map(({ name }) => name);
  if (overlay === undefined || names.includes(overlay)) return [];
  const message = `the target doesn't stack an overlay ${quote(overlay)}`;
  return [{ code: 'wiki/unknown-overlay', message, hint: `it stacks: ${names.join(', ')}` }];
}
