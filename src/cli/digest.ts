/** A digest as it is typed. */
import { InvalidArgumentError } from 'commander';
import type { Digest } from '../kernel/digest.ts';

export function digest(value: string): Digest {
  if (/^sha256:[0-9a-f]{64}$/.test(value)) return value as Digest;
  throw new InvalidArgumentError('A digest is sha256: and 64 hex digits.');
}
