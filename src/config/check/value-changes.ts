/** Which values differ between two, by path: `wgGroupPermissions.user.edit`, not the whole of wgGroupPermissions. */
import { canonicalJson } from '../../kernel/digest.ts';

export interface ValueChange {
  /** Keys below the setting; empty: the setting itself. */
  readonly path: readonly string[];
  /** Undefined where it isn't set on that side. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Maps are compared key by key, whatever their order; lists and all else as they are. */
export function valueChanges(before: unknown, after: unknown, path: readonly string[] = []): ValueChange[] {
  const [old, now] = [mapOf(before, after), mapOf(after, before)];
  if (old === undefined || now === undefined) {
    return same(before, after) ? [] : [{ path, before, after }];
  }
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys.flatMap((key) => valueChanges(own(old, key), own(now, key), [...path, key]));
}

function own(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function same(one: unknown, other: unknown): boolean {
  return one === undefined || other === undefined ? one === other : canonicalJson(one) === canonicalJson(other);
}

/** PHP's empty array is an empty map where the other side is a map. */
function mapOf(value: unknown, other: unknown): Readonly<Record<string, unknown>> | undefined {
  if (isMap(value)) return value;
  return Array.isArray(value) && value.length === 0 && isMap(other) ? {} : undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `wgLogos.1x`; a key that isn't plain is quoted. */
export function pathName(setting: string, path: readonly string[]): string {
  return [setting, ...path.map((key) => (/^[\w*@+-]+$/.test(key) ? key : JSON.stringify(key)))].join('.');
}
