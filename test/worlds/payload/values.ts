/** Values as both shapes of the payload need them: written as PHP in MediaWiki's style, and as YAML. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** An array literal over several lines, or a scalar. */
export function phpOf(value: Value, indent = ''): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (typeof value !== 'object') return String(value);
  const inner = `${indent}\t`;
  const items = Array.isArray(value)
    ? (value as readonly Value[]).map((one) => `${inner}${phpOf(one, inner)},\n`)
    : Object.entries(value).map(([key, one]) => `${inner}${phpKey(key)} => ${phpOf(one, inner)},\n`);
  return items.length === 0 ? '[]' : `[\n${items.join('')}${indent}]`;
}

function phpKey(key: string): string {
  return /^(?:0|[1-9]\d*)$/.test(key) ? key : phpOf(key);
}

/** In flow style, which is JSON: settings.yaml has one key a line. */
export function yamlOf(value: Value): string {
  return JSON.stringify(value);
}
