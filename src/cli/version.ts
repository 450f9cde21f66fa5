/** mwpipe's own version, as package.json says it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from './checkout.ts';

export function version(): string {
  const text = readFileSync(join(checkoutRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
