/** Content addresses: sha256 over bytes, and over plain data in one canonical form. */
import { createHash } from 'node:crypto';

export type Digest = `sha256:${string}`;

export function sha256(data: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** sha256 of the canonical JSON of plain data: same facts, same key, whatever the order of their names. */
export function digestOf(data: unknown): Digest {
  return sha256(canonicalJson(data));
}

/** JSON with the keys of every object sorted by code unit; `undefined` members left out, as JSON does. */
export function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => (isRecord(value) ? sortKeys(value) : value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The first 12 hex digits, as people see it. */
export function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
