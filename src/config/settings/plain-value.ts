/** A PHP value as plain data, for people and for JSON: maps as objects, secrets by name. */
import { isPhpArray, type PhpMap, type PhpValue } from './php-value.ts';
import { isSecret, secretMark } from './secret-reference.ts';

export function plainValue(value: PhpValue): unknown {
  if (isSecret(value)) return secretMark(value);
  if (!isPhpArray(value)) return value;
  if (Array.isArray(value)) return value.map(plainValue);
  return Object.fromEntries([...(value as PhpMap)].map(([key, inner]) => [key, plainValue(inner)]));
}
