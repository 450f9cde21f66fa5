/** The services that a file of `ServiceWiringFiles` defines: the keys of the list that it returns. */
import { tokenText, unescaped } from './lex-php.ts';
import type { PhpFacts } from './scan-php.ts';

/** A name as it stands there, or the class constant (`Database::SERVICE_NAME`) that holds it. */
export type ServiceKey = { readonly name: string } | { readonly constant: string };

export function readWiring({ tokens, resolve }: PhpFacts): ServiceKey[] {
  const start = tokens.kinds.findIndex(
    (_kind, index) => tokenText(tokens, index) === 'return' && opensList(tokenText(tokens, index + 1)),
  );
  if (start < 0) return [];
  const keys: ServiceKey[] = [];
  let depth = 0;
  for (let index = start + 1; index < tokens.kinds.length; index += 1) {
    const text = tokenText(tokens, index);
    const isSign = tokens.kinds[index] === 'sign';
    if (isSign && OPENING.has(text)) depth += 1;
    if (isSign && CLOSING.has(text)) depth -= 1;
    if (depth === 0 && isSign && text === ';') break;
    if (depth !== 1 || text !== '=>' || !isSign) continue;
    if (tokens.kinds[index - 1] === 'string') keys.push({ name: unescaped(tokenText(tokens, index - 1)) });
    else if (tokenText(tokens, index - 2) === '::') {
      keys.push({
        constant: `${resolve(tokenText(tokens, index - 3))}::${tokenText(tokens, index - 1)}`,
      });
    }
  }
  return keys;
}

const OPENING = new Set(['[', '(', '{', '#[']);
const CLOSING = new Set([']', ')', '}']);

function opensList(text: string): boolean {
  return text === '[' || text.toLowerCase() === 'array';
}
