import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { canonicalJson } from '../../../src/kernel/digest.ts';
import { Secret } from '../../../src/kernel/secret.ts';

it('is told by nothing but reveal', () => {
  const secret = new Secret({ name: 'canary' });
  const shown = [
    JSON.stringify({ secret }),
    String(secret),
    inspect(secret, { depth: 9, showHidden: true }),
    canonicalJson([secret]),
  ];
  expect(shown.join('')).not.toContain('canary');
  expect(Object.keys(secret)).toEqual([]);
  expect(secret.reveal().name).toBe('canary');
});
