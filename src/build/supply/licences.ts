/** Licences as CycloneDX has them: SPDX's ids and expressions where we are sure, else the name as its author wrote it. */

export type Licence =
  | { readonly license: { readonly id: string } }
  | { readonly license: { readonly name: string } }
  | { readonly expression: string };

/** Those that MediaWiki, its extensions and their libraries use; SPDX has 600 more, which then stand as names. */
const KNOWN = new Set(
  `0BSD AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC-BY-3.0 CC-BY-4.0
  CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.0-or-later
  LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MIT MPL-1.1 MPL-2.0 OFL-1.1 Python-2.0 Unicode-3.0
  Unlicense WTFPL W3C Zlib`.split(/\s+/),
);

/** Names that SPDX has given up, as old manifests still have them. */
const OLD = /^(AGPL|GPL|LGPL)-(\d\.\d)(\+?)$/;

/** CycloneDX wants one expression, or licences by id and name: never both. */
export function licencesOf(texts: readonly string[]): Licence[] {
  const words = texts.map((text) => text.trim()).filter((text) => text !== '');
  const [only] = words;
  if (words.length === 1 && only !== undefined) return [licenceOf(only)];
  return words.map((word) => nameOf(word));
}

function licenceOf(text: string): Licence {
  const id = known(text);
  if (id !== undefined) return { license: { id } };
  const expression = text.replaceAll(/[^\s()]+/g, (word) => (isOperator(word) ? word : (known(word) ?? '?')));
  return expression.includes('?') || !isBalanced(expression) ? nameOf(text) : { expression };
}

function nameOf(text: string): Licence {
  const id = known(text);
  return id === undefined ? { license: { name: text.slice(0, 200) } } : { license: { id } };
}

function known(text: string): string | undefined {
  const old = OLD.exec(text);
  const modern = old === null ? text : `${old[1] ?? ''}-${old[2] ?? ''}-${old[3] === '+' ? 'or-later' : 'only'}`;
  return KNOWN.has(modern) ? modern : undefined;
}

function isOperator(word: string): boolean {
  return word === 'OR' || word === 'AND';
}

/** `A OR (B AND C)`: terms and operators take turns, brackets match. */
function isBalanced(expression: string): boolean {
  const term = String.raw`[A-Za-z0-9.-]+`;
  const chain = new RegExp(String.raw`\(\s*${term}(\s+(OR|AND)\s+${term})*\s*\)`, 'g');
  const flat = expression.replaceAll(chain, 'X').replaceAll(chain, 'X');
  return new RegExp(`^${term}(\\s+(OR|AND)\\s+${term})*$`).test(flat.trim());
}
