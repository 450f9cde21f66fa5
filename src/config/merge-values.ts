/** How a value for one wiki (`+dewiki`) adds to the value for all: the rules of MediaWiki's SiteConfiguration, thin. */

/** Maps are merged key by key, `special` wins; lists are joined, `special` first; anything else is `special`. */
export function mergeValues(special: unknown, general: unknown): unknown {
  if (Array.isArray(special) && Array.isArray(general)) return [...(special as unknown[]), ...(general as unknown[])];
  if (!isMap(special) || !isMap(general)) return special;
  const merged = new Map(Object.entries(special));
  for (const [key, value] of Object.entries(general)) {
    merged.set(key, merged.has(key) ? mergeValues(merged.get(key), value) : value);
  }
  return Object.fromEntries(merged);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
