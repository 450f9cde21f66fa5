/** Plain data as PHP source: what `var_export` would print, shorter. Static arrays like these live in opcache as they are. */
import { isSecret, secretMark } from './secret-reference.ts';

/** Any JSON-like value; maps become PHP arrays (keys such as "7" then are integers there, as always in PHP). */
export function phpLiteral(value: unknown, indent = ''): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return phpNumber(value);
  if (typeof value === 'string') return phpString(value);
  if (Array.isArray(value))
    return phpArray(
      value.map((item: unknown) => ({ value: item })),
      indent,
    );
  if (isSecret(value)) return phpString(secretMark(value));
  if (typeof value === 'object') return phpArray(entriesOf(value), indent);
  throw new TypeError(`a ${typeof value} has no PHP literal`);
}

interface Item {
  readonly key?: string;
  readonly value: unknown;
}

function entriesOf(map: object): Item[] {
  const entries: [string, unknown][] = map instanceof Map ? ([...map] as [string, unknown][]) : Object.entries(map);
  return entries.map(([key, value]) => ({ key, value }));
}

function phpArray(items: readonly Item[], indent: string): string {
  if (items.length === 0) return '[]';
  const inner = `${indent}\t`;
  const lines = items.map(({ key, value }) => {
    const literal = phpLiteral(value, inner);
    return `${inner}${key === undefined ? '' : `${phpString(key)} => `}${literal},`;
  });
  return ['[', ...lines, `${indent}]`].join('\n');
}

/** In single quotes only `\` and `'` are special; any other byte, a NUL or `?>` included, stands for itself. */
function phpString(value: string): string {
  return /[\\']/.test(value) ? `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'` : `'${value}'`;
}

function phpNumber(value: number): string {
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  if (Object.is(value, -0)) return '-0.0';
  const digits = String(value);
  // 1e21 and the like are floats in PHP too; a whole number beyond 2^53 has lost its digits, so it is one already.
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !digits.includes('e') ? `${digits}.0` : digits;
}
